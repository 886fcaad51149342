// Exchange's services and programs: whom setup runs them as, what they wait for, and where their programs lie.
local paths = import 'paths.libsonnet';

local localSystem = 'S-1-5-18';
local networkService = 'S-1-5-20';
local sids = { 'Local System': localSystem, 'Network Service': networkService };

// The documentation disagrees with itself on these; both accounts are right.
local either = ['msexchangepop3', 'msexchangepop3be', 'msexchangeimap4', 'msexchangeimap4be'];

// Programs of Exchange, below its folder.
local programs = {
  Bin: [
    'ComplianceAuditService.exe',
    'EdgeTransport.exe',
    'ExSetup.exe',
    'Microsoft.Exchange.AntispamUpdateSvc.exe',
    'Microsoft.Exchange.Diagnostics.Service.exe',
    'Microsoft.Exchange.Directory.TopologyService.exe',
    'Microsoft.Exchange.EdgeCredentialSvc.exe',
    'Microsoft.Exchange.EdgeSyncSvc.exe',
    'Microsoft.Exchange.Mitigation.Service.exe',
    'Microsoft.Exchange.Notifications.Broker.exe',
    'Microsoft.Exchange.ProtectedServiceHost.exe',
    'Microsoft.Exchange.RPCClientAccess.Service.exe',
    'Microsoft.Exchange.Search.Service.exe',
    'Microsoft.Exchange.Servicehost.exe',
    'Microsoft.Exchange.Store.Service.exe',
    'Microsoft.Exchange.Store.Worker.exe',
    'MSExchangeCompliance.exe',
    'MSExchangeDagMgmt.exe',
    'MSExchangeDelivery.exe',
    'MSExchangeFrontendTransport.exe',
    'MSExchangeHMHost.exe',
    'MSExchangeHMRecovery.exe',
    'MSExchangeHMWorker.exe',
    'MSExchangeMailboxAssistants.exe',
    'MSExchangeMailboxReplication.exe',
    'MSExchangeMigrationWorkflow.exe',
    'MSExchangeRepl.exe',
    'MSExchangeSubmission.exe',
    'MSExchangeThrottling.exe',
    'MSExchangeTransport.exe',
    'MSExchangeTransportLogSearch.exe',
    'OleConverter.exe',
    'UmService.exe',
    'UmWorkerProcess.exe',
    'wsbExchange.exe',
  ],
  'Bin\\Search\\Ceres\\HostController': ['hostcontrollerservice.exe'],
  'Bin\\Search\\Ceres\\ParserServer': ['ParserServer.exe'],
  'Bin\\Search\\Ceres\\Runtime\\1.0': ['Noderunner.exe'],
  'ClientAccess\\Owa\\Bin\\DocumentViewing': ['TranscodingService.exe'],
  'ClientAccess\\PopImap': ['Microsoft.Exchange.Imap4service.exe', 'Microsoft.Exchange.Pop3service.exe'],
  'FIP-FS\\Bin': ['fms.exe', 'ScanEngineTest.exe', 'ScanningProcess.exe', 'UpdateService.exe'],
  'FrontEnd\\CallRouter': ['Microsoft.Exchange.UM.CallRouter.exe'],
  'FrontEnd\\PopImap': [
    'Microsoft.Exchange.Imap4.exe',
    'Microsoft.Exchange.Imap4service.exe',
    'Microsoft.Exchange.Pop3.exe',
    'Microsoft.Exchange.Pop3service.exe',
  ],
  'TransportRoles\\agents\\Hygiene': ['Microsoft.Exchange.ContentFilter.Wrapper.exe'],
};

local images = std.flattenArrays([
  [paths.token('%ExchangeInstallPath%' + folder + '\\' + name) for name in programs[folder]]
  for folder in std.objectFields(programs)
]);

// Programs of Windows that Exchange's code runs in.
local hosts = ['{windir}\\system32\\inetsrv\\w3wp.exe', '{windir}\\system32\\windowspowershell\\v1.0\\powershell.exe'];

local byName(all) = {
  [name]: paths.set([image for image in all if paths.base(image) == name])
  for name in std.set([paths.base(image) for image in all])
};

{
  // tables turns the documented services, and the dependencies measured on lab servers, into tables:
  //   accounts        by service, the SIDs of the accounts it may run as
  //   automatic       the services setup starts with Windows
  //   dependencies    what services of Exchange wait for, on any server
  //   programs        by file name, the tokenised paths of Exchange's programs
  //   hosts           the same of programs of Windows that Exchange's code runs in
  tables(documented, measured):: {
    accounts: {
      [std.asciiLower(service.name)]:
        // What nobody verified accepts both.
        if std.member(either, std.asciiLower(service.name)) || !std.objectHas(sids, service.account)
        then paths.set([localSystem, networkService])
        else paths.set([sids[service.account]])
      // Services of both roles are listed twice, alike.
      for service in std.set(documented.services + documented.additional, function(s) std.asciiLower(s.name))
    },
    automatic: paths.set([
      std.asciiLower(service.name)
      for service in documented.services
      if service.startType == 'Automatic'
    ] + [
      std.asciiLower(name)
      for name in std.objectFields(measured)
      for lab in std.objectValues(measured[name])
      if lab.startType == 'Automatic'
    ]),
    dependencies: paths.set(std.flattenArrays([
      [std.asciiLower(name) for lab in std.objectValues(service) for name in lab.dependsOn]
      for service in std.objectValues(measured)
    ]) + [
      'adam_msexchange',
      'eventsystem',
      'iisadmin',
      'w3svc',
      'was',
    ]),
    programs: byName(images),
    hosts: byName(hosts),
  },
}
