// Fixtures of settings: headers, redirects, error pages, signing in, keys and logs.
local runtime = import '../bundles/snapshots/runtime.libsonnet';
local server = import '../bundles/snapshots/server.libsonnet';

local healthy = server.healthy + server.withNothingIn(['services', 'injection', 'amsi', 'binaries']);
local entries = server.entries;
local site = 'Default Web Site';
local owa = site + '/owa';
local ews = site + '/EWS';
local backEnd = 'Exchange Back End';
local everywhere = [''] + server.apps;

// An application beside Exchange's, in a pool of its own.
local beside = healthy + server.withForeignApp(site=site, path='/acme', pool='AcmePool', folder='D:\\Acme\\Portal');
local elsewhere = [site + '/acme'];

local section(name) = 'system.webServer/' + name;
local header(name, value, scopes, at='') = server.withSetting(section('httpProtocol/customHeaders'), name, value, scopes, at=at);
local redirect(destination, scopes, enabled='true', at='') =
  server.withSetting(section('httpRedirect'), 'enabled', enabled, scopes, at=at)
  + server.withSetting(section('httpRedirect'), 'destination', destination, scopes, at=at);
local errorPage(code, page, scopes, at='') = server.withSetting(section('httpErrors'), code, page, scopes, at=at);
local signingIn(method, value, scopes) =
  server.withSetting(section('security/authentication/%sAuthentication' % method), 'enabled', value, scopes);
local proxy(scopes, value='true') = server.withSetting(section('proxy'), 'enabled', value, scopes);

local sites(name, changes) = {
  facts+: { iis+: { sites: [if s.name == name then s + changes else s for s in super.sites] } },
};

{
  proxy: healthy + proxy([ews]),
  'proxy-server': healthy + proxy(everywhere),
  'proxy-elsewhere': beside + proxy(elsewhere) + proxy([ews], 'false'),
  'web-farm': healthy + server.withEntry('web_farms', runtime.webFarm('AcmeFarm', ['mail1.acme.example', 'mail2.acme.example'], 950)),
  'web-farm-disabled': healthy + server.withEntry('web_farms', runtime.webFarm('AcmeFarm', ['mail1.acme.example'], 950, enabled=false)),
  'arr-module': healthy + server.withEntry('global_modules', entries.globalModule(
    'ApplicationRequestRouting', 'C:\\Program Files\\IIS\\Application Request Routing\\requestRouter.dll', 249
  )),

  header: healthy + header('X-Acme', '1', [owa, owa + '/auth'], at=owa),
  'header-server': healthy + header('X-Acme', '1', everywhere),
  'header-csp': healthy + header('Content-Security-Policy', "script-src * 'unsafe-inline'", [owa], at=owa),
  'header-cors': healthy + header('Access-Control-Allow-Origin', '*', [ews], at=ews),
  'header-hsts': healthy + header('Strict-Transport-Security', 'max-age=31536000', [site + '/', owa]),
  'header-hsts-back-end': healthy + header('Strict-Transport-Security', 'max-age=31536000', [backEnd + '/owa']),
  'header-wrong-side': healthy + header('X-FEServer', 'EX01', [backEnd + '/owa']),
  'header-compatible':
    healthy
    + header('X-UA-Compatible', 'IE=edge', [backEnd + '/owa'])
    + header('X-UA-Compatible', 'IE=10', [backEnd + '/EWS'])
    + header('X-FEServer', 'EX01', [owa])
    + header('X-BEServer', 'EX01', [backEnd + '/EWS'])
    + header('X-Powered-By', 'ASP.NET', everywhere),
  'header-elsewhere': beside + header('X-Acme', '1', elsewhere),

  'redirect-host': healthy + redirect('https://sso.acme.example/', [owa], at=owa),
  'redirect-path': healthy + redirect('/acme', [ews], at=ews),
  'redirect-root': healthy + redirect('/owa', [site + '/']),
  'redirect-root-own-host':
    healthy
    + sites(site, { bindings: [{ protocol: 'https', information: '*:443:mail.contoso.com' }] })
    + redirect('https://mail.contoso.com/owa', [site + '/']),
  'redirect-root-inherited': healthy + redirect('/owa', [site + '/', owa, ews]),
  'redirect-old-path': healthy + redirect('/owa', [backEnd + '/Exchange']),
  'redirect-elsewhere': beside + redirect('https://acme.example/', elsewhere),
  'redirect-off': healthy + redirect('https://acme.example/', [owa], enabled='false'),

  'error-page': healthy + errorPage('404', '/acme/error.aspx', [owa], at=owa),
  'error-page-host': healthy + errorPage('500', 'https://acme.example/error', [ews], at=ews),
  'error-page-folder': healthy + errorPage('401.1', 'D:\\Acme\\401.xml', [ews]),
  'error-page-default': healthy + errorPage('404', '404.htm', everywhere) + server.withSetting(section('httpErrors'), 'errorMode', 'Custom', [owa]),
  'error-page-exchange':
    healthy
    + errorPage('404', '/owa/auth/errorFE.aspx?httpCode=404', [owa])
    + errorPage('401.1', 'E:\\Exchange\\ClientAccess\\help\\401-1.xml', [ews]),
  'error-page-elsewhere': beside + errorPage('404', 'D:\\Acme\\404.htm', elsewhere),

  'authentication-back-end': healthy + signingIn('basic', 'true', [backEnd + '/EWS']),
  'authentication-anonymous': healthy + signingIn('anonymous', 'true', [owa]) + signingIn('basic', 'true', [owa]),
  'authentication-chosen': healthy + signingIn('windows', 'true', [site + '/ecp']),
  'authentication-default':
    healthy
    + signingIn('anonymous', 'true', [site + '/', ews, backEnd + '/EWS'])
    + signingIn('basic', 'true', [owa])
    + signingIn('iisClientCertificateMapping', 'true', [owa]),
  'authentication-adfs':
    healthy
    + signingIn('anonymous', 'true', [owa])
    + signingIn('basic', 'false', [owa])
    + signingIn('windows', 'false', [owa])
    + signingIn('digest', 'false', [owa]),
  'authentication-elsewhere': beside + signingIn('anonymous', 'false', elsewhere),

  'double-escaping': healthy + server.withSetting(section('security/requestFiltering'), 'allowDoubleEscaping', 'true', [owa], at=owa),
  'double-escaping-usual': healthy + server.withSetting(section('security/requestFiltering'), 'allowDoubleEscaping', 'true', [ews], at=ews),

  'machine-key': healthy + server.withSetting('system.web/machineKey', 'validationKey', '[secret]', [backEnd + '/owa'], at=backEnd + '/owa'),
  'machine-key-generated': healthy + server.withSetting('system.web/machineKey', 'validationKey', 'AutoGenerate,IsolateApps', [owa], at=owa),
  'machine-key-elsewhere': beside + server.withSetting('system.web/machineKey', 'validationKey', '[secret]', elsewhere),

  'log-plugin': healthy + sites(site, { log_plugin_clsid: '{01234567-89AB-CDEF-0123-456789ABCDEF}' }),
  'log-plugin-odbc': healthy + sites(site, { log_plugin_clsid: '{FF16065B-DE82-11CF-BC0A-00AA006111E0}' }),
  'log-plugin-elsewhere':
    healthy
    + server.withEntry('sites', entries.site('Acme', '3', 345, 8443) + { log_plugin_clsid: '{01234567-89AB-CDEF-0123-456789ABCDEF}' }),
  'log-off': healthy + sites(site, { log_enabled: false }),
  'log-dont': healthy + server.withSetting(section('httpLogging'), 'dontLog', 'true', [owa], at=owa),
  'log-module-gone': healthy {
    facts+: { iis+: { global_modules: [m for m in super.global_modules if m.name != 'HttpLoggingModule'] } },
  },
  'log-elsewhere':
    beside
    + server.withEntry('sites', entries.site('Acme', '3', 345, 8443) + { log_enabled: false })
    + server.withSetting(section('httpLogging'), 'dontLog', 'true', elsewhere),
}
