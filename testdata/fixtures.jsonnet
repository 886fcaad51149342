// Every fixture by name: the healthy server of bundles/snapshots with one thing changed. Rendered to
// policies/fixtures/<name>/snapshot.json, which `opa test` reads as data.fixtures.
local server = import '../bundles/snapshots/server.libsonnet';

local healthy = server.healthy + server.withNothingIn(['services', 'injection', 'amsi', 'processes', 'binaries']) + server.withoutSections(['transport', 'files', 'organisation']);
// With every section, most of them empty.
local whole = server.healthy + server.withNothingIn(['services', 'injection', 'amsi', 'processes', 'binaries', 'transport', 'files', 'organisation']);
local entries = server.entries;
local site = 'Default Web Site';
local owa = site + '/owa';
local ews = site + '/EWS';
local backEnd = 'Exchange Back End';
local frontEndScopes = [scope for scope in server.apps if std.startsWith(scope, site)];
local token = ', Version=1.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35';

local powershell = [{ input: '{UrlDecode:{REQUEST_URI}}', pattern: '(?=.*autodiscover)(?=.*powershell)' }];
local csp = { server_variable: 'RESPONSE_Content_Security_Policy' };

local nativeModules = {
  'native-module':
    healthy
    + server.withEntry('global_modules', entries.globalModule('AcmeGate', 'D:\\Acme\\acmesso64.dll', 248, preconditions=['bitness64']))
    + server.withModule(name='AcmeGate', type='', scopes=[''] + server.apps),
  'native-module-32bit':
    healthy
    + server.withEntry('global_modules', entries.globalModule('AcmeGate32', 'D:\\Acme\\acmesso32.dll', 248, preconditions=['bitness32'])),
  'native-module-classic':
    healthy
    + server.withEntry('global_modules', entries.globalModule('AcmeOld', 'D:\\Acme\\acmeold.dll', 248, preconditions=['classicmode', 'bitness64'])),
  'native-module-32bit-pool':
    healthy
    + server.withPool('MSExchangeECPAppPool', { enable_32bit: true })
    + server.withEntry('global_modules', entries.globalModule('AcmeGate32', 'D:\\Acme\\acmesso32.dll', 248, preconditions=['bitness32'])),
  'native-module-borrowed-name':
    healthy + server.withGlobalModule('WebSocketModule', { image: 'D:\\Acme\\iiswsock.dll', image_key: 'd:\\acme\\iiswsock.dll' }),
  'native-module-webdav':
    healthy + server.withEntry('global_modules', entries.globalModule('WebDAVModule', 'C:\\Windows\\System32\\inetsrv\\webdav.dll', 248)),
  'masquerade-name':
    healthy + server.withGlobalModule('exppw', { image: 'D:\\Acme\\exppw.dll', image_key: 'd:\\acme\\exppw.dll' }),
  'masquerade-longer-folder':
    healthy + server.withGlobalModule('kerbauth', { image: 'E:\\ExchangeEvil\\Bin\\kerbauth.dll', image_key: 'e:\\exchangeevil\\bin\\kerbauth.dll' }),
  'masquerade-file':
    healthy + server.withEntry('global_modules', entries.globalModule('AcmeCache', 'D:\\Acme\\cachhttp.dll', 248)),
};

local managedModules = {
  'managed-module': healthy + server.withModule(name='AcmeGate', type='Acme.Owa.Gate, Acme.Owa' + token, scopes=[owa], at=owa),
  'managed-module-server': healthy + server.withModule(name='AcmeGate', type='Acme.Gate, Acme', scopes=[''] + server.apps),
  'managed-module-exchange-name': healthy + server.withModule(name='HttpProxy', type='Acme.Fake, Acme.Fake', scopes=[ews], at=ews),
  'managed-module-exchange-class': healthy + server.withModule(
    name='AcmeOAuth', type='Microsoft.Exchange.Security.OAuth.OAuthHttpModule, Acme.Security' + token, scopes=[ews], at=ews
  ),
  'managed-module-unqualified': healthy + server.withModule(
    name='AcmeFba', type='Microsoft.Exchange.HttpProxy.FbaModule', scopes=[owa], at=owa
  ),
  'managed-module-elsewhere':
    healthy
    + server.withForeignApp(site=site, path='/acme', pool='AcmePool', folder='D:\\Acme\\Portal')
    + server.withModule(name='AcmeGate', type='Acme.Gate, Acme', scopes=[site + '/acme']),
};

local handlers = {
  'isapi-handler': healthy + server.withHandler(
    name='AcmeExt', path='*.acme', scopes=[site + '/ecp'], modules=['isapimodule'], processor='D:\\Acme\\acmeext.dll', at=site + '/ecp'
  ),
  'isapi-handler-file': healthy + server.withHandler(name='AcmeFile', path='*.acme', scopes=[owa], modules=['isapimodule'], at=owa),
  'cgi-handler': healthy + server.withHandler(
    name='PHP', path='*.php', scopes=[''] + server.apps, modules=['fastcgimodule'], processor='C:\\PHP\\php-cgi.exe'
  ),
  'managed-handler': healthy + server.withHandler(name='AcmeAxd', path='acme.axd', scopes=[ews], type='Acme.Handler, Acme', at=ews),
  'managed-handler-folder':
    healthy
    + server.withFolder(app=owa, scope=owa + '/acme', folder=server.frontEnd + '\\owa\\acme')
    + server.withHandler(name='AcmeNested', path='acme.axd', scopes=[owa + '/acme'], type='Acme.Nested.Handler, Acme.Nested'),
};

local filters = {
  'isapi-filter': healthy + server.withFilter(name='AcmeFilter', path='D:\\Acme\\AcmeFilter.dll', scopes=[site]),
  'isapi-filter-server': healthy + server.withFilter(name='AcmeFilter', path='D:\\Acme\\AcmeFilter.dll', scopes=['']),
  'isapi-filter-inherited': healthy + server.withFilter(name='AcmeFilter', path='D:\\Acme\\AcmeFilter.dll', scopes=['', backEnd]),
  'isapi-filter-disabled': healthy + server.withFilter(name='AcmeFilter', path='D:\\Acme\\AcmeFilter.dll', scopes=['', site], enabled=false),
};

local apps = {
  'foreign-app': healthy + server.withForeignApp(site=site, path='/acmeportal', pool='MSExchangeServicesAppPool', folder='D:\\Acme\\Portal'),
  'foreign-app-own-pool': healthy + server.withForeignApp(site=site, path='/acmeportal', pool='AcmePool', folder='D:\\Acme\\Portal'),
  'foreign-site':
    healthy
    + server.withSite(name='Acme', id='3', port=8443)
    + server.withForeignApp(site='Acme', path='/', pool='MSExchangeOWAAppPool', folder='D:\\Acme\\Site'),
  'foreign-virtual-directory':
    healthy + server.withVirtualDirectory(app=site + '/', scope=site + '/acme', folder='D:\\Acme\\Files'),
  'challenge-folder':
    healthy + server.withVirtualDirectory(app=site + '/', scope=site + '/.well-known', folder='D:\\Acme\\Challenges'),
  'aspnet-client':
    healthy + server.withVirtualDirectory(app=site + '/', scope=site + '/aspnet_client', folder='C:\\inetpub\\wwwroot\\aspnet_client'),
  'aspnet-client-elsewhere':
    healthy + server.withVirtualDirectory(app=site + '/', scope=site + '/aspnet_client', folder='D:\\Acme\\Files'),
  'second-owa-app':
    healthy + server.withForeignApp(site=site, path='/owa2', pool='MSExchangeOWAAppPool', folder=server.frontEnd + '\\owa'),
  'second-owa-site':
    healthy
    + server.withSite(name='Webmail', id='3', port=8443)
    + server.withForeignApp(site='Webmail', path='/', pool='WebmailPool', folder='C:\\inetpub\\webmail')
    + server.withForeignApp(site='Webmail', path='/owa', pool='MSExchangeOWAAppPool', folder=server.frontEnd + '\\owa'),
  'moved-pool': healthy + server.withApp(site + '/OAB', { pool: 'DefaultAppPool', pool_key: 'defaultapppool' }),
  'moved-folder': healthy + server.withApp(ews, { physical_path: 'D:\\Acme\\EWS', physical_key: 'd:\\acme\\ews' }),
  'moved-root': healthy + server.withApp(site + '/', { pool: 'DefaultAppPool', pool_key: 'defaultapppool', pool_from: 'server' }),
  'moved-root-folder': healthy + server.withApp(site + '/', { physical_path: 'D:\\Acme\\www', physical_key: 'd:\\acme\\www' }),
};

local pools = {
  'pool-user': healthy + server.withPool('MSExchangeOWAAppPool', {
    identity_type: 'SpecificUser',
    user_name: 'CONTOSO\\svc-sso',
    sid: '',
    password: { kind: 'encrypted', fingerprint: 'b0f7e1' },
  }),
  'pool-network-service': healthy + server.withPool('MSExchangeOWAAppPool', { identity_type: 'NetworkService', sid: 'S-1-5-20' }),
  'pool-identity-defaults': healthy + server.withPool('MSExchangeServicesAppPool', {
    identity_type: 'ApplicationPoolIdentity',
    identity_from: 'defaults',
    identity_line: 200,
    sid: '',
  }),
  'pool-identity-schema': healthy + server.withPool('MSExchangeServicesAppPool', {
    identity_type: 'ApplicationPoolIdentity',
    identity_from: 'schema',
    identity_line: 0,
    sid: '',
  }),
  'pool-renamed':
    healthy
    + server.withEntry('pools', entries.pool('AcmePool', 180, 'ApplicationPoolIdentity', 'pool', ''))
    + server.withApp(ews, { pool: 'AcmePool', pool_key: 'acmepool' }),
  'pool-user-localsystem': healthy + server.withPool('MSExchangeOWAAppPool', { identity_type: 'SpecificUser', user_name: 'NT AUTHORITY\\SYSTEM' }),
};

local rewrite = {
  'rewrite-blocking': healthy + server.withRewrite(
    'inbound', 'BlockEcp', [site + '/ecp'], { type: 'AbortRequest' }, conditions=[{ input: '{REMOTE_ADDR}', pattern: '^10\\.', negate: true }]
  ),
  'rewrite-default-name': healthy + server.withRewrite(
    'inbound', 'RequestBlockingRule1', [site + '/ecp'], { type: 'CustomResponse', status_code: '403' }
  ),
  'rewrite-front-door': healthy + server.withRewrite('inbound', 'Root', [site + '/'], { type: 'Redirect', value: '/owa' }, { pattern: '^$' }),
  'rewrite-https': healthy + server.withRewrite(
    'inbound', 'Https', [owa], { type: 'Redirect', value: 'https://{HTTP_HOST}{REQUEST_URI}' }, conditions=[{ input: '{HTTPS}', pattern: 'off' }]
  ),
  'rewrite-global': healthy + server.withRewrite('global', 'AcmeGlobal', [''], { type: 'None' }),
  'rewrite-elsewhere': healthy + server.withRewrite(
    'inbound', 'AcmeProxy', [ews], { type: 'Rewrite', value: 'https://acme.example/{R:1}' }, { pattern: '^(.*)$' }, at=ews
  ),
  'rewrite-elsewhere-server': healthy + server.withRewrite(
    'inbound', 'AcmeProxy', [''] + server.apps, { type: 'Rewrite', value: '/acme/{R:1}' }, { pattern: '^(.*)$' }
  ),
  'rewrite-redirect-host': healthy + server.withRewrite('inbound', 'AcmeSso', [owa], { type: 'Redirect', value: 'https://sso.acme.example/' }),
  'rewrite-script': healthy + server.withRewrite(
    'inbound', 'Help', [owa], { type: 'Rewrite', value: '/aspnet_client/help.aspx' }, { pattern: '^help$' }
  ),
  'rewrite-global-script': healthy + server.withRewrite('global', 'Help', [''], { type: 'Rewrite', value: '/owa/auth/help.aspx' }),
  'rewrite-eems': healthy + server.withRewrite(
    'inbound', 'EEMS M1.1 PowerShell - inbound', [site + '/'], { type: 'AbortRequest' }, conditions=powershell
  ),
  'rewrite-eems-disabled': healthy + server.withRewrite(
    'inbound', 'EEMS M1.1 PowerShell - inbound', [site + '/'], { type: 'Rewrite', value: '/x.aspx' }, enabled=false
  ),
  'rewrite-eems-reused': healthy + server.withRewrite(
    'inbound', 'EEMS M1.1 PowerShell - inbound', [site + '/'], { type: 'Rewrite', value: '/owa/{R:0}' }, conditions=powershell
  ),
  'rewrite-eems-wider': healthy + server.withRewrite(
    'inbound', 'EEMS M1.1 PowerShell - inbound', [site + '/'], { type: 'AbortRequest' }, conditions=[{ input: '{REQUEST_URI}', pattern: '.*' }]
  ),
  'rewrite-eomt-cookie': healthy + server.withRewrite(
    'inbound',
    'X-BEResource Abort - inbound',
    frontEndScopes,
    { type: 'AbortRequest' },
    conditions=[{ input: '{HTTP_COOKIE}', pattern: '(.*)X-BEResource=(.+)/(.+)~(.+)' }]
  ),
  'rewrite-calendar-workaround': healthy + server.withRewrite(
    'inbound', 'Calendar', [backEnd + '/owa'], { type: 'Rewrite', value: '{R:0}?layout=premium' }, { pattern: '^calendar/.*\\.ics$' }
  ),
  'rewrite-provider': healthy + server.withEntry(
    'rewrite_providers', entries.rewriteProvider('AcmeMap', 'Acme.Rewrite.Map, Acme.Rewrite', [owa], 931)
  ),
  'outbound-body': healthy + server.withRewrite(
    'outbound', 'AcmeBanner', [owa], { type: 'Rewrite', value: 'https://acme.example/{R:1}' }, { pattern: '^(.*)$', filter_by_tags: 'A, Form, Img' }, at=owa
  ),
  'outbound-disabled': healthy + server.withRewrite(
    'outbound', 'AcmeBanner', [owa], { type: 'Rewrite', value: 'x' }, { filter_by_tags: 'A' }, enabled=false
  ),
  'outbound-eems': healthy + server.withRewrite(
    'outbound', 'EEMS M2.1 OWA CSP - outbound', [owa], { type: 'Rewrite', value: "script-src 'self'" }, csp
  ),
  'outbound-eems-reused': healthy + server.withRewrite(
    'outbound', 'EEMS M2.1 OWA CSP - outbound', [owa], { type: 'Rewrite', value: '<script src="//acme.example/x.js">' }, { filter_by_tags: 'Script' }
  ),
  'outbound-inbound-name': healthy + server.withRewrite(
    'outbound', 'EEMS M1.1 PowerShell - inbound', [owa], { type: 'Rewrite', value: 'x' }, csp
  ),
  'outbound-hsts': healthy + server.withRewrite(
    'outbound', 'Hsts', [owa], { type: 'Rewrite', value: 'max-age=31536000' }, { server_variable: 'RESPONSE_Strict_Transport_Security' }
  ),
  'outbound-hsts-back-end': healthy + server.withRewrite(
    'outbound', 'Hsts', [backEnd + '/owa'], { type: 'Rewrite', value: 'max-age=31536000' }, { server_variable: 'RESPONSE_Strict_Transport_Security' }
  ),
};

local settings = {
  impersonation: healthy + server.withImpersonation('True', [ews], at=ews),
  'impersonation-elsewhere':
    healthy
    + server.withForeignApp(site=site, path='/acme', pool='AcmePool', folder='D:\\Acme\\Portal')
    + server.withImpersonation('true', [site + '/acme'], at=ews),
};

local refused = {
  'refused-module': healthy + server.withRejected('modules', 'AcmeGate', 'Acme.Gate, Acme' + token, owa + '/auth', at=owa),
  'refused-handler': healthy + server.withRejected('handlers', 'AcmeExt', 'D:\\Acme\\acmeext.dll', ews, at=ews),
  'refused-native-handler': healthy + server.withRejected('handlers', 'AcmeFile', 'IsapiModule', ews, at=ews),
  'refused-known-handler': healthy + server.withRejected(
    'handlers', 'svc', '%windir%\\Microsoft.NET\\Framework64\\v4.0.30319\\aspnet_isapi.dll', ews, at=ews
  ),
  'refused-static-handler': healthy + server.withRejected('handlers', 'StaticFile', 'StaticFileModule, DefaultDocumentModule', ews, at=ews),
  'refused-filter': healthy + server.withRejected('isapiFilters', 'AcmeFilter', 'D:\\Acme\\AcmeFilter.dll', ews, at=ews),
  'refused-rewrite': healthy + server.withRejected('rewrite/rules', 'AcmeProxy', 'Rewrite https://acme.example/{R:1}', ews, at=ews),
};

local evidence = {
  'malformed-web-config': whole + server.withSection('iis', 'partial', [{
    facts: ['iis.modules', 'iis.handlers', 'iis.rewrite_rules', 'iis.rewrite_providers', 'iis.settings'],
    scope: ews,
    reason: 'expected </system.web>',
    file: server.webConfig(ews),
    line: 41,
  }]),
  'malformed-web-config-and-module':
    whole
    + server.withModule(name='AcmeGate', type='Acme.Gate, Acme', scopes=[owa], at=owa)
    + server.withSection('iis', 'partial', [{
      facts: ['iis.modules'],
      scope: ews,
      reason: 'expected </system.web>',
      file: server.webConfig(ews),
      line: 41,
    }]),
  'iis-failed':
    whole
    + server.withSection('iis', 'failed', [{
      facts: ['iis'],
      scope: '',
      reason: 'expected </sites>',
      file: entries.applicationHost,
      line: 128,
    }])
    + server.withoutFacts('iis'),
  'iis-not-collected': whole + server.withoutSection('iis'),
  'edge-role': whole + server.withRoles(['edge']),
  'roles-unknown': whole + server.withRoles([]),
  'exchange-root-unknown':
    whole
    + server.withExchangeRoot('')
    + server.withSection('exchange', 'partial', [{ facts: ['exchange.root'], scope: '', reason: 'no sign of the folder', file: '', line: 0 }]),
  'exchange-se': whole + server.withProduct('SE', '15.2.2562.17'),
  'exchange-newer': whole + server.withProduct('2019', '15.2.1748.99'),
  'exchange-2013': whole + server.withProduct('2013', '15.0.1497.2') + server.withForeignApp(
    site=site,
    path='/ecp/ReportingWebService',
    pool='MSExchangeReportingWebServiceAppPool',
    folder=server.frontEnd + '\\ReportingWebService'
  ),
};

// What the collectors make of testdata/evidence/tiny.
{ healthy: server.healthy, collected: import 'evidence/tiny.json' } + nativeModules + managedModules + handlers + filters + apps + pools + rewrite + settings + refused + evidence
+ (import 'runtime.libsonnet')
+ (import 'settings.libsonnet')
+ (import 'assemblies.libsonnet')
+ (import 'fixtures/events.libsonnet')
+ (import 'fixtures/files.libsonnet')
+ (import 'fixtures/organisation.libsonnet')
+ (import 'fixtures/transport.libsonnet')
+ (import 'fixtures/registry.libsonnet')
+ (import 'fixtures/binaries.libsonnet')
+ (import 'fixtures/processes.libsonnet')
+ (import 'fixtures/verdicts.libsonnet')
