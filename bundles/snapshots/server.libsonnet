// A healthy server, and what can be done to one: server.healthy + server.withModule(name='Gate', ...).
//
// It is small and made up: EX01, Exchange 2019 CU12, installed at E:\Exchange so that no rule may take the usual
// folder for granted, with a handful of the applications setup creates.
local binaries = import 'binaries.libsonnet';
local entries = import 'entries.libsonnet';
local events = import 'events.libsonnet';
local files = import 'files.libsonnet';
local organisation = import 'organisation.libsonnet';
local processes = import 'processes.libsonnet';
local registry = import 'registry.libsonnet';
local transport = import 'transport.libsonnet';

local root = 'E:\\Exchange';
local frontEnd = root + '\\FrontEnd\\HttpProxy';
local backEnd = root + '\\ClientAccess';
local rpcProxy = 'C:\\Windows\\System32\\RpcProxy';

local dws = 'Default Web Site';
local be = 'Exchange Back End';
local token = ', Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35';

local apps = [
  entries.app(dws, '/', 'MSExchangeOWAAppPool', 'C:\\inetpub\\wwwroot', 301),
  entries.app(dws, '/owa', 'MSExchangeOWAAppPool', frontEnd + '\\owa', 304),
  entries.app(dws, '/ecp', 'MSExchangeECPAppPool', frontEnd + '\\ecp', 307),
  entries.app(dws, '/EWS', 'MSExchangeServicesAppPool', frontEnd + '\\EWS', 310),
  entries.app(dws, '/OAB', 'MSExchangeOABAppPool', frontEnd + '\\OAB', 313),
  entries.app(be, '/', 'DefaultAppPool', backEnd, 331, 'server'),
  entries.app(be, '/owa', 'MSExchangeOWAAppPool', backEnd + '\\owa', 334),
  entries.app(be, '/EWS', 'MSExchangeServicesAppPool', backEnd + '\\exchweb\\EWS', 337),
  entries.app(be, '/Rpc', 'MSExchangeRpcProxyAppPool', rpcProxy, 340),
];
local scopes = [app.scope for app in apps];

// The web.config of an application, by its scope.
local webConfig = { [app.scope]: app.physical_path + '\\web.config' for app in apps };

local fileOf(scope) = if scope == '' then entries.applicationHost else webConfig[scope];

// own is a managed module of Exchange in one of its applications.
local own(name, type, scope, line) = entries.module(name, 'Microsoft.Exchange.' + type + token, [scope], line, webConfig[scope]);

// add appends to one table of facts.iis.
local add(table, added) = { facts+: { iis+: { [table]+: added } } };

// change changes the entries of one table whose field has a value.
local change(table, field, value, changes) = {
  facts+: { iis+: {
    [table]: [if entry[field] == value then entry + changes else entry for entry in super[table]],
  } },
};

{
  frontEnd:: frontEnd,
  backEnd:: backEnd,
  apps:: scopes,
  entries:: entries,
  binaries:: binaries,
  events:: events,
  files:: files,
  organisation:: organisation,
  transport:: transport,
  root:: root,

  // webConfig is the path of an application's web.config.
  webConfig(scope):: webConfig[scope],

  registry:: registry,
  processes:: processes,

  // What needs no other fact is made once: hundreds of fixtures start here, and an object of plain values is much quicker to change.
  healthy: std.parseJson(std.manifestJsonMinified($.made)) { facts+: { iis+: {
    local modules = self.modules,
    // As IIS asks them: those of the server, then those of the application. Two applications have all of theirs.
    module_order: [
      { scope: scope, modules: [m.key for m in modules if std.member(m.scopes, scope)] }
      for scope in [dws + '/owa', dws + '/EWS']
    ],
  } } },

  made:: {
    format: 1,
    collected_at: '2026-11-20T08:00:00Z',
    source: 'evidence',
    server: {
      name: 'EX01',
      build: '15.2.1118.7',
      product: '2019',
      roles: ['mailbox'],
      exchange_root: root,
      system_root: 'C:\\Windows',
    },
    collected: {
      exchange: { status: 'complete', missing: [] },
      iis: { status: 'complete', missing: [] },
    },
    facts: {
      exchange: {
        name: 'EX01',
        build: '15.2.1118.7',
        product: '2019',
        roles: ['mailbox'],
        root: root,
        root_key: std.asciiLower(root),
        system_root: 'C:\\Windows',
        system_root_key: 'c:\\windows',
        evidence: [{ fact: 'root', value: root, file: entries.applicationHost, line: 304 }],
      },
      iis: {
        pools: [
          entries.pool('DefaultAppPool', 150, 'ApplicationPoolIdentity', 'defaults', ''),
          entries.pool('.NET v4.5', 153, 'ApplicationPoolIdentity', 'defaults', ''),
          entries.pool('MSExchangeOWAAppPool', 160),
          entries.pool('MSExchangeECPAppPool', 163),
          entries.pool('MSExchangeServicesAppPool', 166),
          entries.pool('MSExchangeOABAppPool', 169),
          entries.pool('MSExchangeRpcProxyAppPool', 172),
        ],
        sites: [entries.site(dws, '1', 300, 443), entries.site(be, '2', 330, 444)],
        apps: apps,
        directories: [
          entries.directory(be + '/Exchange', be + '/', 'virtual_directory', backEnd + '\\owa', 332),
          entries.directory(dws + '/owa/auth', dws + '/owa', 'location', frontEnd + '\\owa\\auth', 620),
        ],
        global_modules: [
          entries.globalModule('HttpLoggingModule', '%windir%\\System32\\inetsrv\\loghttp.dll', 240, 'c:\\windows\\system32\\inetsrv\\loghttp.dll'),
          entries.globalModule('IsapiModule', '%windir%\\System32\\inetsrv\\isapi.dll', 241, 'c:\\windows\\system32\\inetsrv\\isapi.dll'),
          entries.globalModule('PasswordExpiryModule', '%SystemRoot%\\system32\\rpcproxy\\rpcproxy.dll', 242, 'c:\\windows\\system32\\rpcproxy\\rpcproxy.dll', ['bitness64']),
          entries.globalModule('kerbauth', root + '\\Bin\\kerbauth.dll', 243),
          entries.globalModule('exppw', backEnd + '\\Owa\\auth\\exppw.dll', 244),
          entries.globalModule('cafe_exppw', frontEnd + '\\bin\\exppw.dll', 245),
          entries.globalModule('RewriteModule', '%SystemRoot%\\system32\\inetsrv\\rewrite.dll', 246, 'c:\\windows\\system32\\inetsrv\\rewrite.dll'),
          // A feature of IIS setup does not need.
          entries.globalModule('WebSocketModule', '%windir%\\System32\\inetsrv\\iiswsock.dll', 247, 'c:\\windows\\system32\\inetsrv\\iiswsock.dll'),
        ],
        modules: [
          entries.module('IsapiModule', '', [''] + scopes, 400),
          entries.module('Session', 'System.Web.SessionState.SessionStateModule', [''] + scopes, 401, preconditions=['managedhandler']),
          own('HostHeaderValidationModule', 'HttpUtilities.HostHeaderValidationModule, Microsoft.Exchange.HttpUtilities', dws + '/owa', 35),
          own('HttpRequestFilteringModule', 'HttpRequestFiltering.HttpRequestFilteringModule, Microsoft.Exchange.HttpRequestFiltering', dws + '/owa', 36),
          own('OwaPltInfoModule', 'HttpUtilities.OwaPltInfoModule, Microsoft.Exchange.HttpUtilities', dws + '/owa', 37),
          entries.module('HttpProxy', 'Microsoft.Exchange.HttpProxy.FbaModule,Microsoft.Exchange.FrontEndHttpProxy' + token, [dws + '/owa'], 38, webConfig[dws + '/owa']),
          entries.module('cafe_exppw', '', [dws + '/owa'], 39, webConfig[dws + '/owa']),
          own('HostHeaderValidationModule', 'HttpUtilities.HostHeaderValidationModule, Microsoft.Exchange.HttpUtilities', dws + '/EWS', 27),
          own('HttpRequestFilteringModule', 'HttpRequestFiltering.HttpRequestFilteringModule, Microsoft.Exchange.HttpRequestFiltering', dws + '/EWS', 28),
          own('AnonymousRequestFilterModule', 'HttpUtilities.AnonymousRequestFilterModule, Microsoft.Exchange.HttpUtilities', dws + '/EWS', 29),
          own('HttpProxy', 'HttpProxy.ProxyModule, Microsoft.Exchange.FrontEndHttpProxy', dws + '/EWS', 30),
          entries.module('OAuthAuthModule', 'Microsoft.Exchange.Security.OAuth.OAuthHttpModule', [dws + '/EWS'], 31, webConfig[dws + '/EWS']),
          entries.module('OwaModule', 'Microsoft.Exchange.Clients.Owa.Core.OwaModule, Microsoft.Exchange.Clients.Owa', [be + '/owa'], 87, webConfig[be + '/owa']),
        ],
        handlers: [
          entries.handler('ISAPI-dll', '*.dll', [''] + scopes, 450, modules=['isapimodule'], access='Execute'),
          entries.handler('svc-ISAPI-4.0_64bit', '*.svc', [''] + scopes, 451, modules=['isapimodule'], processor='C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\aspnet_isapi.dll'),
          entries.handler('AboMapperCustom-4297', '*.xml', [be + '/EWS'], 520, modules=['isapimodule'], processor='C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\aspnet_isapi.dll'),
          entries.handler('StaticFile', '*', [''] + scopes, 452, modules=['staticfilemodule', 'defaultdocumentmodule'], access='Read'),
          entries.handler('HttpProxy', '*', [dws + '/OAB'], 46, 'Microsoft.Exchange.HttpProxy.ProxyModule,Microsoft.Exchange.FrontEndHttpProxy' + token, file=webConfig[dws + '/OAB']),
          entries.handler('RPCPROXY', '*', [be + '/Rpc'], 12, modules=['isapimodule'], processor='C:\\Windows\\system32\\rpcproxy\\rpcproxyshim.dll', file=webConfig[be + '/Rpc']),
          entries.handler('EWSAsmxHandler', '*.asmx', [be + '/EWS'], 60, 'Microsoft.Exchange.Services.DispatchPipe.Ews.EwsServiceHttpHandlerFactory, Microsoft.Exchange.Services.EwsHandler' + token, file=webConfig[be + '/EWS']),
        ],
        filters: [
          entries.filter('ASP.Net_4.0_64bit', 'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\aspnet_filter.dll', [''], 420),
          entries.filter('Exchange OWA Cookie Authentication ISAPI Filter', frontEnd + '\\bin\\owaauth.dll', [dws], 600),
          entries.filter('Exchange ActiveSync ISAPI Filter', frontEnd + '\\bin\\AirFilter.dll', [dws], 601),
          entries.filter('Exchange OWA Cookie Authentication ISAPI Filter', backEnd + '\\owa\\auth\\owaauth.dll', [be], 640),
        ],
        rewrite_rules: [],
        rewrite_providers: [],
        settings: [
          entries.setting('system.web/identity', 'impersonate', 'false', [be + '/EWS'], 107, webConfig[be + '/EWS']),
        ],
        managed_types: [],
        isapi_restrictions: [],
        auto_start_providers: [],
        web_farms: [],
        schema_files: [],
        clr_configs: [],
        probing: [],
        linked_configurations: [],
        code_bases: [],
        // Exchange's own web.config, read again where IIS allows no modules.
        rejected: [
          entries.rejected('system.webServer/modules', 'OwaModule', 'Microsoft.Exchange.Clients.Owa.Core.OwaModule, Microsoft.Exchange.Clients.Owa', [be + '/Exchange'], 87, webConfig[be + '/owa']),
          entries.rejected('system.webServer/modules', 'exppw', '', [be + '/Exchange'], 88, webConfig[be + '/owa']),
        ],
        notes: [],
      },
    },
  } + registry.healthy(root) + processes.healthy(root) + events.quiet + binaries.healthy(root) + transport.healthy(root) + files.healthy(root) + organisation.healthy(root),

  withProduct(product, build):: {
    server+: { product: product, build: build },
    facts+: { exchange+: { product: product, build: build } },
  },
  withExchangeRoot(root):: {
    server+: { exchange_root: root },
    facts+: { exchange+: { root: root, root_key: std.asciiLower(root) } },
  },
  withRoles(roles):: { server+: { roles: roles }, facts+: { exchange+: { roles: roles } } },

  // withNothingIn empties the tables of sections a fixture is not about, which are most of a snapshot.
  withNothingIn(sections):: { facts+: {
    [section]+: { [table]: [] for table in std.objectFields($.healthy.facts[section]) if std.isArray($.healthy.facts[section][table]) }
    for section in sections
  } },

  // withoutSections takes whole sections away.
  withoutSections(names):: std.foldl(function(all, name) all + $.withoutSection(name), names, {}),

  // withSection says how much of a section was seen. Its facts stay; withoutFacts takes them away.
  withSection(name, status, missing=[]):: { collected+: { [name]: { status: status, missing: missing } } },
  withoutFacts(name):: { facts+: { [name]:: null } },
  withoutSection(name):: { collected+: { [name]:: null }, facts+: { [name]:: null } },

  withPool(name, changes):: change('pools', 'name', name, changes),
  // withVariables gives a pool environment variables, as pairs of name and value.
  withVariables(pool, pairs):: change('pools', 'name', pool, {
    environment_variables: [entries.environmentVariable(pairs[i][0], pairs[i][1], 161 + i) for i in std.range(0, std.length(pairs) - 1)],
  }),
  withApp(scope, changes):: change('apps', 'scope', scope, changes),
  withGlobalModule(name, changes):: change('global_modules', 'name', name, changes),
  withoutModule(name, scope):: { facts+: { iis+: {
    modules: [m for m in super.modules if m.name != name || m.scopes != [scope]],
  } } },
  // withModuleOrder puts the modules of one application into another order: those named first, in theirs.
  withModuleOrder(scope, first):: { facts+: { iis+: {
    module_order: [
      if order.scope == scope then { scope: scope, modules: first + std.filter(function(m) !std.member(first, m), order.modules) } else order
      for order in super.module_order
    ],
  } } },

  // withEntry adds an entry, made by entries, to a table of facts.iis.
  withEntry(table, entry):: add(table, [entry]),

  // changed changes the entries of a table of facts.iis whose field has a value.
  changed(table, field, value, changes):: change(table, field, value, changes),

  // Entries of applicationHost.config or, with at, of an application's web.config.
  withModule(name, type, scopes, line=900, at=''):: add('modules', [
    entries.module(name, type, scopes, line, fileOf(at)),
  ]),
  withHandler(name, path, scopes, type='', modules=[], processor='', line=910, at=''):: add('handlers', [
    entries.handler(name, path, scopes, line, type, modules, processor, file=fileOf(at)),
  ]),
  withFilter(name, path, scopes, enabled=true):: add('filters', [entries.filter(name, path, scopes, 920, enabled)]),
  withRewrite(kind, name, scopes, action, match={}, conditions=[], enabled=true, at=''):: add('rewrite_rules', [
    entries.rewriteRule(kind, name, scopes, 930, action, match, conditions, fileOf(at), enabled),
  ]),
  withImpersonation(value, scopes, at):: add('settings', [
    entries.setting('system.web/identity', 'impersonate', value, scopes, 25, fileOf(at)),
  ]),
  withSetting(section, name, value, scopes, line=940, at=''):: add('settings', [
    entries.setting(section, name, value, scopes, line, fileOf(at)),
  ]),
  withRejected(section, name, value, scope, at, reason='locked by overrideModeDefault'):: add('rejected', [
    entries.rejected('system.webServer/' + section, name, value, [scope], 60, fileOf(at), reason),
  ]),
  withForeignApp(site, path, pool, folder):: add('apps', [entries.app(site, path, pool, folder, 350)]),
  withVirtualDirectory(app, scope, folder):: add('directories', [
    entries.directory(scope, app, 'virtual_directory', folder, 351),
  ]),
  withFolder(app, scope, folder):: add('directories', [
    entries.directory(scope, app, 'folder', folder, 1, folder + '\\web.config'),
  ]),
  withSite(name, id, port):: add('sites', [entries.site(name, id, 345, port)]),
  withBinding(name, id, information, protocol='https'):: add('sites', [
    entries.site(name, id, 345, 0) { bindings: [{ protocol: protocol, information: information }] },
  ]),
}
