// Optional features of IIS and of the .NET Framework: Microsoft's, and not part of Exchange setup. A native module
// is one of them only with both its name and its image.
local iis = import 'iis.libsonnet';
local paths = import 'paths.libsonnet';

local inetsrv(image) = '%windir%\\System32\\inetsrv\\' + image;

{
  // By name of a native module: the images it may have.
  global_modules: {
    [std.asciiLower(m[0])]: paths.set([paths.token(image) for image in m[1]])
    for m in [
      ['ApplicationInitializationModule', [inetsrv('warmup.dll')]],
      ['CgiModule', [inetsrv('cgi.dll')]],
      ['CustomLoggingModule', [inetsrv('logcust.dll')]],
      ['DynamicIpRestrictionModule', [inetsrv('diprestr.dll')]],
      ['FastCgiModule', [inetsrv('iisfcgi.dll')]],
      ['IISCertificateMappingAuthenticationModule', [inetsrv('authmap.dll')]],
      ['IpRestrictionModule', [inetsrv('iprestr.dll')]],
      ['ServerSideIncludeModule', [inetsrv('iis_ssi.dll')]],
      ['UrlAuthorizationModule', [inetsrv('urlauthz.dll')]],
      ['WebSocketModule', [inetsrv('iiswsock.dll')]],
      ['ManagedEngine', ['%windir%\\Microsoft.NET\\Framework\\v2.0.50727\\webengine.dll']],
      ['ManagedEngine64', ['%windir%\\Microsoft.NET\\Framework64\\v2.0.50727\\webengine.dll']],
      ['ApplicationRequestRouting', ['%ProgramFiles%\\IIS\\Application Request Routing\\requestRouter.dll']],
      ['AspNetCoreModule', [inetsrv('aspnetcore.dll'), '%ProgramFiles%\\IIS\\Asp.Net Core Module\\aspnetcore.dll']],
      ['AspNetCoreModuleV2', ['%ProgramFiles%\\IIS\\Asp.Net Core Module\\V2\\aspnetcorev2.dll']],
    ]
  },

  // Microsoft's as well, and worth a look on an Exchange server.
  review_global_modules: {
    webdavmodule: paths.set([paths.token(inetsrv('webdav.dll'))]),
  },

  // .NET Framework 3.5 with HTTP activation registers these for the whole server.
  modules: paths.set(std.flattenArrays([iis.typeKeys(type) for type in [
    'System.ServiceModel.Activation.HttpModule, System.ServiceModel, PublicKeyToken=b77a5c561934e089',
    'System.Web.Handlers.ScriptModule, System.Web.Extensions, PublicKeyToken=31bf3856ad364e35',
  ]])),
  handlers: paths.set(std.flattenArrays([iis.typeKeys(type) for type in [
    'System.ServiceModel.Activation.HttpHandler, System.ServiceModel, PublicKeyToken=b77a5c561934e089',
    'System.Web.Script.Services.ScriptHandlerFactory, System.Web.Extensions, PublicKeyToken=31bf3856ad364e35',
    'System.Web.Handlers.ScriptResourceHandler, System.Web.Extensions, PublicKeyToken=31bf3856ad364e35',
  ]])),
  processors: paths.set([
    paths.token('%windir%\\Microsoft.NET\\' + framework + '\\v2.0.50727\\aspnet_isapi.dll')
    for framework in ['Framework', 'Framework64']
  ]),

  // "module|path|access" of handlers that run the file the URL names. They have no script processor.
  file_handlers: paths.set(['isapimodule|*.dll|execute', 'cgimodule|*.exe|execute']),
}
