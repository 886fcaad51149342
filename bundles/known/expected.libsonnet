// What setup leaves an application or a pool with, for the rules that look for what is missing or different.
local paths = import 'paths.libsonnet';

// The applications whose web.config files the measured configuration holds, by the name it gives them.
local applications = {
  'DefaultWebSite-AutoD': ['Default Web Site', '/Autodiscover'],
  'DefaultWebSite-EAS': ['Default Web Site', '/Microsoft-Server-ActiveSync'],
  'DefaultWebSite-ECP': ['Default Web Site', '/ecp'],
  'DefaultWebSite-EWS': ['Default Web Site', '/EWS'],
  'DefaultWebSite-MAPI': ['Default Web Site', '/mapi'],
  'DefaultWebSite-OAB': ['Default Web Site', '/OAB'],
  'DefaultWebSite-OWA': ['Default Web Site', '/owa'],
  'DefaultWebSite-PowerShell': ['Default Web Site', '/PowerShell'],
  'DefaultWebSite-Rpc': ['Default Web Site', '/Rpc'],
  'DefaultWebSite-Rest': ['Default Web Site', '/API'],
  DefaultWebSite: ['Default Web Site', '/'],
  'ExchangeBackEnd-AutoD': ['Exchange Back End', '/Autodiscover'],
  'ExchangeBackEnd-EAS': ['Exchange Back End', '/Microsoft-Server-ActiveSync'],
  'ExchangeBackEnd-ECP': ['Exchange Back End', '/ecp'],
  'ExchangeBackEnd-EWS': ['Exchange Back End', '/EWS'],
  'ExchangeBackEnd-MapiEmsmdb': ['Exchange Back End', '/mapi/emsmdb'],
  'ExchangeBackEnd-MapiNspi': ['Exchange Back End', '/mapi/nspi'],
  'ExchangeBackEnd-OAB': ['Exchange Back End', '/OAB'],
  'ExchangeBackEnd-OWA': ['Exchange Back End', '/owa'],
  'ExchangeBackEnd-PowerShell': ['Exchange Back End', '/PowerShell'],
  'ExchangeBackEnd-Push': ['Exchange Back End', '/PushNotifications'],
  'ExchangeBackEnd-Rest': ['Exchange Back End', '/API'],
  'ExchangeBackEnd-Rpc': ['Exchange Back End', '/Rpc'],
};

local folder(lab, application) = [
  paths.token(app.physicalPath)
  for site in lab.sites
  if site.name == application[0]
  for app in site.applications
  if app.app == application[1] && app.vdir == '/'
][0];

// Whether a module, as a pair of its name and its type, is Exchange's. Native ones have no type.
local exchanges(module) = module[1] == '' || std.startsWith(module[1], 'Microsoft.Exchange.');

// Modules a web.config adds for Microsoft's own data centers, and takes out again at its end.
local takenOut = {
  'ExchangeBackEnd-ECP': ['DelegatedAuthModule', 'LiveIdBasicAuthModule', 'OAuthAuthModule', 'OrgIdAuthenticationModule'],
};

local generic = 'genericapppoolconfigwithgcserverenabled%s.config';

{
  // tables gives, of one configuration:
  //   module_lists      by folder of an application: the modules of Exchange its web.config adds, in their order
  //   module_names      how those modules are spelled
  //   pool_settings     by key of a pool of Exchange: how it is recycled and watched
  //   isapi_programs    the ISAPI and CGI programs the server allows
  tables(lab):: {
    module_lists: {
      [folder(lab, applications[name])]: [
        std.asciiLower(m[0])
        for m in lab.vdirWebConfig[name].modules_add
        if exchanges(m) && !std.member(std.get(takenOut, name, []), m[0])
      ]
      for name in std.objectFields(lab.vdirWebConfig)
    },
    module_names: {
      [std.asciiLower(name)]: name
      for name in std.set([m[0] for name in std.objectFields(lab.vdirWebConfig) for m in lab.vdirWebConfig[name].modules_add])
    },
    pool_settings: {
      [std.asciiLower(pool.name)]: {
        periodic_restart: std.get(pool.periodicRestart, 'time', '1.05:00:00'),
        idle_timeout: std.get(pool.processModel, 'idleTimeout', '00:20:00'),
        pinging_enabled: std.get(pool.processModel, 'pingingEnabled', 'true') == 'true',
        rapid_fail_protection: std.get(pool.failure, 'rapidFailProtection', 'true') == 'true',
        queue_length: std.get(pool, 'queueLength', '1000'),
      }
      for pool in lab.applicationPools
      if std.startsWith(pool.name, 'MSExchange')
    },
    isapi_programs: paths.set([paths.token(entry.path) for entry in lab.isapiCgiRestriction]),
  },

  // Names of the files in {exchange}\bin that setup gives pools as CLRConfigFile, besides <pool>_CLRConfig.config.
  clr_configs: paths.set([generic % 'false', generic % 'true']),

  // By folder: what handlers may do there, where it is not reading and running scripts. {version} stands for
  // the build of the update that made the folder.
  access: {
    [entry[0]]: paths.set(entry[1])
    for entry in [
      ['{exchange}\\frontend\\httpproxy\\owa\\auth', ['read', 'execute', 'script']],
      ['{exchange}\\clientaccess\\owa\\auth', ['read', 'execute', 'script']],
      ['{windir}\\system32\\rpcproxy', ['execute']],
      ['{exchange}\\clientaccess\\owa\\bin', []],
      ['{exchange}\\clientaccess\\exchweb\\ews\\bin', []],
      ['{exchange}\\clientaccess\\owa\\smime', ['read']],
      ['{exchange}\\clientaccess\\owa\\{version}', ['read']],
      ['{exchange}\\clientaccess\\ecp\\{version}', ['read']],
      ['{exchange}\\clientaccess\\ecp\\app_themes', ['read']],
    ]
  },

  // From which build on a module is where module_lists has it, by product; "*" is any module without a line of
  // its own. The lists were measured on Exchange 2016 CU22 and 2019 CU10, and what older updates have is not
  // known, but for the AMSI module of 2016 CU21 and 2019 CU10. Exchange 2013 has other lists.
  modules_since: {
    '2016': { '*': '15.1.2375', httprequestfilteringmodule: '15.1.2308' },
    '2019': { '*': '15.2.922' },
    SE: { '*': '15.2.2562' },
  },
}
