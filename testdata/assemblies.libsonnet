// Fixtures of what .NET loads: WCF extensions, types of the old pipeline, compiled assemblies and code bases; and of
// what else stands in the files of applications.
local runtime = import '../bundles/snapshots/runtime.libsonnet';
local server = import '../bundles/snapshots/server.libsonnet';

local healthy = server.healthy + server.withNothingIn(['services', 'injection', 'amsi', 'binaries']);
local entries = server.entries;
local site = 'Default Web Site';
local owa = site + '/owa';
local ews = site + '/EWS';
local backEnd = 'Exchange Back End';
local backEndEws = backEnd + '/EWS';
local token = ', Version=1.0.0.0, Culture=neutral, PublicKeyToken=0123456789abcdef';
local microsoft = ', Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35';
local machineConfig = 'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config';
local sharedConfig = server.backEnd + '\\SharedWebConfig.config';

local beside = healthy + server.withForeignApp(site=site, path='/acme', pool='AcmePool', folder='D:\\Acme\\Portal');
local elsewhere = [site + '/acme'];

local type(section, name, type, scopes, at=backEndEws, file=server.webConfig(at)) =
  server.withEntry('managed_types', runtime.managedType(section, name, type, scopes, 70, file));
local wcf(kind, name, class, scopes=[backEndEws]) = type('system.serviceModel/extensions/' + kind, name, class, scopes);
local assembly(name, scopes, at=owa) =
  server.withEntry('managed_types', runtime.assembly(name, scopes, 72, server.webConfig(at)));
local shared(folder, name) = server.withEntry('code_bases', runtime.codeBase(folder, name, 17242, sharedConfig));
local linked(path, scopes, at=owa) =
  server.withEntry('linked_configurations', runtime.linkedConfiguration(path, scopes, 90, server.webConfig(at)));
local bound(kind, name, value, scopes=[backEndEws], at=backEndEws, key='') =
  server.withEntry('probing', runtime.probing(kind, name, value, scopes, 80, server.webConfig(at), key));
local classic = server.withPool('MSExchangeServicesAppPool', { pipeline_mode: 'Classic' });
local gate = type('system.web/httpModules', 'AcmeGate', 'Acme.Gate, Acme' + token, [ews], at=ews);

{
  'wcf-inspector': healthy + wcf('behaviorExtensions', 'AcmeInspector', 'Acme.Ews.Inspector, Acme.Ews' + token),
  'wcf-inspector-machine': healthy + type(
    'system.serviceModel/extensions/behaviorExtensions', 'AcmeInspector', 'Acme.Ews.Inspector, Acme.Ews' + token, [''] + server.apps, file=machineConfig
  ),
  'wcf-exchange-class': healthy + wcf(
    'bindingElementExtensions', 'Acme', 'Microsoft.Exchange.Services.Wcf.SecurityBindingElementExtension, Acme.Ews' + microsoft
  ),
  'wcf-known': healthy + wcf(
    'bindingElementExtensions', 'EwsSecurity', 'Microsoft.Exchange.Services.Wcf.SecurityBindingElementExtension, Microsoft.Exchange.Services.EwsHandler' + microsoft
  ),
  'wcf-framework': healthy + type(
    'system.serviceModel/extensions/behaviorExtensions',
    'webHttp',
    'System.ServiceModel.Configuration.WebHttpElement, System.ServiceModel.Web' + microsoft,
    [''] + server.apps,
    file=machineConfig
  ),
  'wcf-inspector-elsewhere': beside + wcf('behaviorExtensions', 'AcmeInspector', 'Acme.Ews.Inspector, Acme.Ews' + token, elsewhere),

  'classic-module': healthy + classic + gate,
  'classic-module-idle': healthy + gate,
  'classic-handler-known':
    healthy
    + classic
    + type('system.web/httpHandlers', 'trace.axd', 'System.Web.Handlers.TraceHandler', [''] + server.apps, file=machineConfig)
    + type(
      'system.web/httpHandlers', '*.asmx', 'System.ServiceModel.Activation.ServiceHttpHandlerFactory, System.ServiceModel.Activation' + microsoft, [backEndEws]
    ),

  'foreign-assembly': healthy + assembly('Acme.Pages', [owa]),
  'foreign-build-provider': healthy + type(
    'system.web/compilation/buildProviders', '.acme', 'Acme.Provider, Acme' + token, [backEnd + '/owa'], at=backEnd + '/owa'
  ),
  'known-assembly':
    healthy
    + assembly('Microsoft.Exchange.Security' + microsoft, [owa])
    + assembly('System.Windows.Forms, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089', [owa])
    + assembly('*', [owa]),
  'foreign-assembly-elsewhere': beside + assembly('Acme.Pages', elsewhere),

  'code-base': healthy + shared('D:\\Acme\\Bin', 'Acme.Gate'),
  'code-base-similar-folder': healthy + shared('E:\\ExchangeEvil\\bin', 'Acme.Gate'),
  'code-base-exchange-name': healthy + shared('D:\\Acme\\Bin', 'Microsoft.Exchange.Security'),
  'code-base-share':
    healthy
    + server.withEntry('code_bases', runtime.codeBase('\\\\acme\\share', 'Acme.Gate', 17242, sharedConfig, 'file://acme/share/Acme.Gate.dll')),
  'code-base-windows': healthy + shared('C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319', 'System.Web') + shared('e:\\exchange\\Bin', 'Microsoft.Exchange.Data'),
  'code-base-application': healthy + bound('code_base', 'Acme.Gate', 'file:///D:/Acme/Acme.Gate.dll', key='d:\\acme\\acme.gate.dll'),
  'code-base-http': healthy + bound('code_base', 'Acme.Gate', 'https://acme.example/Acme.Gate.dll', key='https:\\acme.example\\acme.gate.dll'),
  'code-base-unknown-name': healthy + bound(
    'code_base', 'Acme.Gate', 'file:///E:/Exchange/bin/Acme.Gate.dll', key='e:\\exchange\\bin\\acme.gate.dll'
  ),
  'code-base-elsewhere': beside + bound('code_base', 'Acme.Gate', 'file:///D:/Acme/Acme.Gate.dll', elsewhere, key='d:\\acme\\acme.gate.dll'),
  'linked-elsewhere': healthy + linked('D:\\Acme\\shared.config', [owa]) + linked(sharedConfig, [backEndEws], at=backEndEws),
  'linked-other-file': healthy + linked('E:\\Exchange\\ClientAccess\\Acme.config', [owa]),
  'linked-share': healthy + linked('\\\\acme\\share\\shared.config', [owa]),
  'private-path': healthy + bound('private_path', '', 'bin;acme', [owa], at=owa),
  'private-path-bin': healthy + bound('private_path', '', 'bin;', [owa], at=owa),
  'private-path-elsewhere': beside + bound('private_path', '', 'acme', elsewhere),
  'binding-redirect': healthy + bound('binding_redirect', 'Acme.Gate', '1.0.0.0 -> 2.0.0.0'),
  'binding-redirect-exchange':
    healthy
    + bound('binding_redirect', 'Newtonsoft.Json', '0.0.0.0-6.0.0.0 -> 6.0.0.0')
    + bound('binding_redirect', 'System.Web.Extensions', '1.0.0.0 -> 4.0.0.0')
    + bound(
      'code_base', 'Microsoft.Exchange.Security', 'file:///E:/Exchange/bin/Microsoft.Exchange.Security.dll', key='e:\\exchange\\bin\\microsoft.exchange.security.dll'
    ),

  'schema-file': healthy + server.withEntry('schema_files', runtime.schemaFile('acme_schema.xml')),
  'schema-file-known': healthy + server.withEntry('schema_files', runtime.schemaFile('IIS_schema.xml')),

  'refused-type': healthy + server.withEntry('rejected', entries.rejected(
    'system.serviceModel/extensions/behaviorExtensions', 'AcmeInspector', 'Acme.Ews.Inspector, Acme.Ews' + token, [ews], 70, server.webConfig(ews)
  )),
  'refused-known-type': healthy + server.withEntry('rejected', entries.rejected(
    'system.serviceModel/extensions/behaviorExtensions',
    'EwsCredentials',
    'Microsoft.Exchange.Services.Wcf.EWSServiceCredentialsElement, Microsoft.Exchange.Services.EwsHandler' + microsoft,
    [ews],
    70,
    server.webConfig(ews)
  )),

  'handler-gone': healthy {
    facts+: { iis+: { handlers: [h for h in super.handlers if h.name != 'EWSAsmxHandler'] } },
  },
  'handler-gone-unread': self['handler-gone'] + server.withSection('iis', 'partial', [{
    facts: ['iis.handlers'],
    scope: backEndEws,
    reason: 'expected </handlers>',
    file: server.webConfig(backEndEws),
    line: 60,
  }]),
  'web-folder-auth': healthy + server.withFolder(app=owa, scope=owa + '/auth/current', folder=server.frontEnd + '\\owa\\auth\\current'),
  'web-folder-client':
    healthy
    + server.withFolder(app=site + '/', scope=site + '/aspnet_client/acme', folder='C:\\inetpub\\wwwroot\\aspnet_client\\acme'),
  'sign-in-page': healthy + server.withEntry('directories', entries.directory(
    owa + '/auth/logon.aspx', owa, 'location', server.frontEnd + '\\owa\\auth\\logon.aspx', 630
  )),
}
