// Fixtures of what runs in an application and of what its pool is: modules missing or idle, programs allowed, and
// the settings of pools, sites and the .NET runtime.
local server = import '../bundles/snapshots/server.libsonnet';

local healthy = server.healthy + server.withNothingIn(['services', 'injection', 'amsi', 'binaries']);
local entries = server.entries;
local site = 'Default Web Site';
local owa = site + '/owa';
local ews = site + '/EWS';
local backEnd = 'Exchange Back End';
local bin = 'E:\\Exchange\\bin\\';

// A foreign entry with preconditions, in one application.
local idleModule(preconditions, scopes=[owa], type='Acme.Gate, Acme') = server.withEntry(
  'modules', entries.module('AcmeGate', type, scopes, 44, server.webConfig(owa), preconditions)
);
local idleHandler(preconditions, type='', modules=[], processor='') = server.withEntry(
  'handlers', entries.handler('AcmeExt', '*.acme', [ews], 45, type, modules, processor, file=server.webConfig(ews)) { preconditions: preconditions }
);

local runtimeFile(name, element, attribute, value, pools) = server.withEntry('clr_configs', {
  file: bin + name,
  file_key: std.asciiLower(bin + name),
  pools: pools,
  values: [{ element: element, attribute: attribute, value: value, file: bin + name, line: 4 }],
});

local modules = {
  'module-removed': healthy + server.withoutModule('OwaPltInfoModule', owa),
  'guard-removed': healthy + server.withoutModule('HttpRequestFilteringModule', owa),
  'guard-removed-ews':
    healthy + server.withoutModule('OAuthAuthModule', ews) + server.withoutModule('AnonymousRequestFilterModule', ews),
  'guard-removed-old-build':
    healthy + server.withProduct('2016', '15.1.2242.4') + server.withoutModule('HttpRequestFilteringModule', owa),
  'guard-removed-amsi-build':
    healthy
    + server.withProduct('2016', '15.1.2308.8')
    + server.withoutModule('HttpRequestFilteringModule', owa)
    + server.withoutModule('OwaPltInfoModule', owa),
  'guard-removed-2013': healthy + server.withProduct('2013', '15.0.1497.2') + server.withoutModule('OAuthAuthModule', ews),
  'guard-removed-not-seen':
    healthy + server.withoutModule('HttpRequestFilteringModule', owa) + { facts+: { iis+: { module_order: [] } } },
  'guard-idle': healthy + server.changed('modules', 'name', 'AnonymousRequestFilterModule', { preconditions: ['bitness32'] }),
  'modules-reordered': healthy + server.withModuleOrder(owa, [
    'isapimodule',
    'session',
    'hostheadervalidationmodule',
    'httpproxy',
    'httprequestfilteringmodule',
  ]),
  'module-before-host-header':
    healthy
    + server.withModule(name='AcmeFirst', type='Acme.First, Acme', scopes=[owa], at=owa)
    + server.withModuleOrder(owa, ['isapimodule', 'session', 'acmefirst']),
  'module-dangling': healthy + server.withModule(name='AcmeGone', type='', scopes=[owa], at=owa),
  'module-dangling-server': healthy + server.withModule(name='AcmeGone', type='', scopes=[''] + server.apps),
  'module-dangling-elsewhere':
    healthy
    + server.withForeignApp(site=site, path='/acme', pool='AcmePool', folder='D:\\Acme\\Portal')
    + server.withModule(name='AcmeGone', type='', scopes=[site + '/acme']),
  'token-cache-removed': healthy + server.withModule(name='TokenCacheModule', type='', scopes=[''] + server.apps),
  'module-idle-bitness': healthy + idleModule(['bitness32']),
  'module-idle-runtime': healthy + idleModule(['managedhandler', 'runtimeversionv2.0']),
  'module-idle-isapi-mode': healthy + idleModule(['isapimode']),
  'module-idle-one-pool':
    healthy + server.withPool('MSExchangeServicesAppPool', { enable_32bit: true }) + idleModule(['bitness32'], [owa, ews]),
  'module-idle-classic-pool': healthy + server.withPool('MSExchangeOWAAppPool', { pipeline_mode: 'Classic' }) + idleModule([]),
  'module-idle-unmanaged-pool': healthy + server.withPool('MSExchangeOWAAppPool', { runtime_version: '' }) + idleModule(['managedhandler']),
  'module-isapi-mode-pool':
    healthy + server.withPool('MSExchangeServicesAppPool', { pipeline_mode: 'Classic' }) + idleHandler(['isapimode'], modules=['isapimodule'], processor='D:\\Acme\\acmeext.dll'),
  'handler-idle': healthy + idleHandler(['classicmode'], type='Acme.Handler, Acme'),
  'handler-idle-program': healthy + idleHandler(['bitness32'], modules=['isapimodule'], processor='D:\\Acme\\acmeext.dll'),
  'modules-for-all-requests': healthy + server.withSetting('system.webServer/modules', 'runAllManagedModulesForAllRequests', 'True', [owa], at=owa),
  'modules-for-all-requests-off':
    healthy + server.withSetting('system.webServer/modules', 'runAllManagedModulesForAllRequests', 'false', [owa], at=owa),
  'native-module-no-image':
    healthy + server.withEntry('global_modules', entries.globalModule('AcmeNone', '', 248, preconditions=['bitness64'])),
  'native-module-share':
    healthy + server.withEntry('global_modules', entries.globalModule('AcmeShare', '\\\\files\\acme\\acme.dll', 248)),
  'native-module-variable':
    healthy + server.withEntry('global_modules', entries.globalModule('AcmeVariable', '%AcmeHome%\\acme.dll', 248)),
};

local accessPolicy(value, scopes, at='') = server.withSetting('system.webServer/handlers', 'accessPolicy', value, scopes, at=at);
local isapi = 'system.webServer/security/isapiCgiRestriction';

local programs = {
  'access-execute': healthy + accessPolicy('Read, Execute, Script', [ews], at=ews),
  'access-execute-open':
    healthy + accessPolicy('Read, Execute, Script', [ews], at=ews) + server.withSetting(isapi, 'notListedIsapisAllowed', 'true', [''] + server.apps),
  'access-execute-program':
    healthy
    + accessPolicy('Read, Execute, Script', [ews], at=ews)
    + server.withEntry('isapi_restrictions', entries.isapiRestriction(server.frontEnd + '\\EWS\\acme.dll', 692)),
  'access-bin':
    healthy
    + server.withFolder(app=backEnd + '/owa', scope=backEnd + '/owa/bin', folder=server.backEnd + '\\owa\\bin')
    + accessPolicy('Read', [backEnd + '/owa/bin']),
  'access-version':
    healthy
    + server.withFolder(app=backEnd + '/owa', scope=backEnd + '/owa/15.2.1118.7', folder=server.backEnd + '\\owa\\15.2.1118.7')
    + accessPolicy('Read', [backEnd + '/owa/15.2.1118.7']),
  'access-write': healthy + accessPolicy('Read, Write, Script', [''] + server.apps),
  'access-as-setup':
    healthy
    + accessPolicy('Read, Execute, Script', [owa + '/auth'])
    + accessPolicy('Execute', [backEnd + '/Rpc'], at=backEnd + '/Rpc')
    + accessPolicy('Read, Script, NoRemoteWrite', [ews], at=ews),
  'filter-name-elsewhere': healthy + server.withFilter(name='OWA Cookies', path='D:\\Acme\\owaauth.dll', scopes=[site]),
  'isapi-filter-32bit': healthy + server.withEntry(
    'filters', entries.filter('AcmeFilter', 'D:\\Acme\\AcmeFilter.dll', [site], 920) { preconditions: ['bitness32'] }
  ),
  'filter-name-longer-folder':
    healthy + server.withFilter(name='Air', path='E:\\ExchangeEvil\\FrontEnd\\HttpProxy\\bin\\AirFilter.dll', scopes=[backEnd]),
  'isapi-restriction': healthy + server.withEntry('isapi_restrictions', entries.isapiRestriction('D:\\Acme\\acmeext.dll', 692)),
  'isapi-restriction-auth':
    healthy + server.withEntry('isapi_restrictions', entries.isapiRestriction(server.frontEnd + '\\owa\\auth\\acme.dll', 692)),
  'isapi-restriction-all': healthy + server.withEntry('isapi_restrictions', entries.isapiRestriction('*.dll', 692)),
  'isapi-restriction-denied':
    healthy + server.withEntry('isapi_restrictions', entries.isapiRestriction('D:\\Acme\\acmeext.dll', 692, allowed=false)),
  'isapi-restriction-framework':
    healthy
    + server.withEntry('isapi_restrictions', entries.isapiRestriction('C:\\Windows\\Microsoft.NET\\Framework64\\v2.0.50727\\aspnet_isapi.dll', 692)),
  'isapi-list-open': healthy + server.withSetting(isapi, 'notListedCgisAllowed', 'true', [''] + server.apps),
};

local pools = {
  'pool-32bit': healthy + server.withPool('MSExchangeOWAAppPool', { enable_32bit: true }),
  'pool-classic-old-runtime': healthy + server.withPool('MSExchangeServicesAppPool', { pipeline_mode: 'Classic', runtime_version: 'v2.0' }),
  'pool-32bit-elsewhere': healthy + server.withPool('DefaultAppPool', { enable_32bit: true }),
  'pool-profiler': healthy + server.withVariables('MSExchangeOWAAppPool', [
    ['COR_ENABLE_PROFILING', '1'],
    ['COR_PROFILER', '{71DA0A04-7777-4EC6-9643-7D28B46A8A41}'],
    ['COR_PROFILER_PATH', 'D:\\Acme\\profiler.dll'],
  ]),
  'pool-profiler-program-id':
    healthy + server.withVariables('MSExchangeServicesAppPool', [['Cor_Enable_Profiling', '0x1'], ['COR_PROFILER', 'Acme.Profiler']]),
  'pool-profiler-off':
    healthy + server.withVariables('MSExchangeOWAAppPool', [['COR_ENABLE_PROFILING', '0'], ['COR_PROFILER', 'Acme.Profiler']]),
  'pool-profiler-elsewhere':
    healthy + server.withVariables('.NET v4.5', [['COR_ENABLE_PROFILING', '1'], ['COR_PROFILER', 'Acme.Profiler']]),
  'pool-manager': healthy + server.withVariables('MSExchangeOWAAppPool', [
    ['APPDOMAIN_MANAGER_ASM', 'Acme.Manager, Version=1.0.0.0'],
    ['APPDOMAIN_MANAGER_TYPE', 'Acme.Manager'],
  ]),
  'pool-complus': healthy + server.withVariables('MSExchangeOWAAppPool', [['COMPlus_Version', 'v2.0.50727'], ['DEVPATH', 'D:\\Acme']]),
  'pool-variables': healthy + server.withVariables('MSExchangeOWAAppPool', [['ACME_HOME', 'D:\\Acme'], ['DOTNET_STARTUP_HOOKS', 'D:\\Acme\\hook.dll']]),
  'clr-config-elsewhere': healthy + server.withPool('MSExchangeOWAAppPool', {
    clr_config_file: 'D:\\Acme\\aspnet.config',
    clr_config_key: 'd:\\acme\\aspnet.config',
  }),
  'clr-config-name': healthy + server.withPool('MSExchangeOWAAppPool', {
    clr_config_file: bin + 'Acme.config',
    clr_config_key: std.asciiLower(bin + 'acme.config'),
  }),
  'clr-config-longer-folder': healthy + server.withPool('MSExchangeOWAAppPool', {
    clr_config_file: 'E:\\ExchangeEvil\\bin\\GenericAppPoolConfigWithGCServerEnabledFalse.config',
    clr_config_key: 'e:\\exchangeevil\\bin\\genericapppoolconfigwithgcserverenabledfalse.config',
  }),
  'clr-config-as-setup':
    healthy
    + server.withPool('MSExchangeOWAAppPool', {
      clr_config_file: bin + 'GenericAppPoolConfigWithGCServerEnabledFalse.config',
      clr_config_key: std.asciiLower(bin + 'GenericAppPoolConfigWithGCServerEnabledFalse.config'),
    })
    + server.withPool('MSExchangeRpcProxyAppPool', {
      clr_config_file: bin + 'MSExchangeRpcProxyAppPool_CLRConfig.config',
      clr_config_key: std.asciiLower(bin + 'MSExchangeRpcProxyAppPool_CLRConfig.config'),
    })
    + server.withPool('.NET v4.5', { clr_config_file: 'D:\\Acme\\aspnet.config', clr_config_key: 'd:\\acme\\aspnet.config' }),
  'clr-manager': healthy + runtimeFile('Acme.config', 'runtime/appDomainManagerType', 'value', 'Acme.Manager', ['MSExchangeOWAAppPool']),
  'clr-manager-elsewhere': healthy + runtimeFile('Acme.config', 'runtime/appDomainManagerType', 'value', 'Acme.Manager', ['.NET v4.5']),
  'clr-impersonation':
    healthy + runtimeFile('Acme.config', 'runtime/alwaysFlowImpersonationPolicy', 'enabled', 'true', ['MSExchangeOWAAppPool', '.NET v4.5']),
  'clr-impersonation-legacy-off':
    healthy + runtimeFile('Acme.config', 'runtime/legacyImpersonationPolicy', 'enabled', 'false', ['MSExchangeOWAAppPool']),
  'clr-impersonation-as-setup':
    healthy + runtimeFile('Acme.config', 'runtime/legacyImpersonationPolicy', 'enabled', 'true', ['MSExchangeOWAAppPool']),
  'pool-recycling': healthy + server.withPool('MSExchangeServicesAppPool', { periodic_restart: '1.05:00:00', pinging_enabled: true }),
  'pool-queue': healthy + server.withPool('MSExchangeServicesAppPool', { queue_length: '5000' }),
  'pool-recycling-elsewhere': healthy + server.withPool('.NET v4.5', { periodic_restart: '1.05:00:00' }),
};

local provider = server.withEntry('auto_start_providers', entries.autoStartProvider('AcmePreload', 'Acme.Preload, Acme', 360));

local sites = {
  'provider-in-app': healthy + provider + server.withApp(ews, { auto_start: true, auto_start_provider: 'AcmePreload' }),
  'provider-off': healthy + provider + server.withApp(ews, { auto_start_provider: 'AcmePreload' }),
  'provider-idle': healthy + provider,
  'app-preload': healthy + server.withApp(ews, { preload: true }),
  'app-initialization': healthy + server.withSetting('system.webServer/applicationInitialization', '/acme.aspx', '', [owa], at=owa),
  'site-on-back-end-port': healthy + server.withSite(name='Acme', id='3', port=444),
  'site-on-front-end-port': healthy + server.withSite(name='Acme', id='3', port=443),
  'site-with-host-name': healthy + server.withBinding('Acme', '3', '*:443:portal.acme.example'),
  'site-on-host-name-of-exchange':
    healthy
    + server.changed('sites', 'name', site, { bindings+: [{ protocol: 'https', information: '10.0.0.5:443:mail.acme.example' }] })
    + server.withBinding('Acme', '3', '10.0.0.5:443:mail.acme.example'),
  'site-on-other-port': healthy + server.withBinding('Acme', '3', '[::1]:8443:'),
  'site-of-another-protocol': healthy + server.withBinding('Acme', '3', '444:*', 'net.tcp'),
};

modules + programs + pools + sites
