// The registry's part of a snapshot: what that of a healthy server says, and what can be done to it.
local rows = import 'registry_rows.libsonnet';

// add appends to one table of a section.
local add(section, table, added) = { facts+: { [section]+: { [table]+: added } } };

rows {
  // healthy is what the registry of a server without other products says, with Exchange in a folder.
  healthy(root)::
    local exchange(name, program, account='LocalSystem', start='auto', depends=['MSExchangeADTopology']) =
      rows.service(name, root + '\\' + program, account, start, depends);
    local networkService = 'NT AUTHORITY\\NetworkService';
    {
      collected+: {
        services: { status: 'complete', missing: [] },
        injection: { status: 'complete', missing: [] },
        amsi: { status: 'complete', missing: [] },
      },
      facts+: {
        services: {
          list: [
            exchange('FMS', 'FIP-FS\\Bin\\fms.exe', depends=['RpcSs']),
            exchange('MSExchangeADTopology', 'Bin\\Microsoft.Exchange.Directory.TopologyService.exe', depends=['Netlogon', 'NetTcpPortSharing']),
            exchange('MSExchangeIS', 'Bin\\Microsoft.Exchange.Store.Service.exe', depends=['MSExchangeADTopology', 'LanmanServer', 'RPCSS']),
            exchange('MSExchangePOP3', 'FrontEnd\\PopImap\\Microsoft.Exchange.Pop3Service.exe', networkService, 'manual'),
            exchange('MSExchangeRepl', 'Bin\\MSExchangeRepl.exe'),
            exchange('MSExchangeTransport', 'Bin\\MSExchangeTransport.exe', networkService, depends=['FMS', 'MSExchangeADTopology']),
            rows.service('W3SVC', 'C:\\Windows\\system32\\svchost.exe', depends=['WAS', 'HTTP'], arguments='-k iissvcs', type='share_process'),
            rows.service('WAS', 'C:\\Windows\\system32\\svchost.exe', start='manual', depends=['RPCSS'], arguments='-k iissvcs', type='share_process'),
            rows.service('WdFilter', 'C:\\Windows\\system32\\drivers\\wd\\WdFilter.sys', start='boot', type='file_system_driver'),
            // Of another product, and nothing to Exchange.
            rows.service('ContosoBackup', 'D:\\Contoso\\Backup\\agent.exe', 'CONTOSO\\svc-backup'),
          ],
          environment: [],
          minifilters: [rows.minifilter('WdFilter', '328010', 'C:\\Windows\\system32\\drivers\\wd\\WdFilter.sys')],
          extensions: [{ kind: 'vss_provider', name: 'Microsoft Software Shadow Copy provider 1.0', version: '1.0.0.7', dll: '', dll_key: '', enabled: true, ref: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\VSS\\Providers\\{b5946137-7b9f-4925-af80-51abd60b20d5}' }],
        },
        injection: {
          app_init: [],
          app_cert_dlls: [],
          // Keys as Windows and updates leave them.
          ifeo: [rows.options('EdgeTransport.exe', { mitigation: true }), rows.options('spoolsv.exe', { mitigation: true })],
          silent_exits: [],
          known_dlls: [rows.knownDll('kernel32', 'kernel32.dll'), rows.knownDll('DllDirectory', '%SystemRoot%\\system32')],
          shims: [],
          debuggers: [
            rows.debugger('exception_module', 'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\mscordacwks.dll'),
          ],
          winsock_providers: [
            rows.winsock('protocol', '000000000001', 'MSAFD Tcpip [TCP/IP]', '%SystemRoot%\\system32\\mswsock.dll'),
            rows.winsock('protocol', '000000000001', 'MSAFD Tcpip [TCP/IP]', '%SystemRoot%\\system32\\mswsock.dll', '32'),
            rows.winsock('namespace', '000000000001', 'Network Location Awareness', '%SystemRoot%\\system32\\NLAapi.dll'),
          ],
          lsa_packages: [rows.lsa('authentication', 'msv1_0'), rows.lsa('notification', 'scecli')],
          network_providers: [
            rows.networkProvider('RDPNP', '%SystemRoot%\\System32\\drprov.dll', 0),
            rows.networkProvider('LanmanWorkstation', '%SystemRoot%\\System32\\ntlanman.dll', 1),
          ],
          credential_providers: [
            rows.credentialProvider('provider', '{60B78E88-EAD8-445C-9CFD-0B87F74EA6CD}', 'PasswordProvider', 'C:\\Windows\\system32\\credprovs.dll'),
          ],
          com_overrides: [],
          environment: [rows.variable('ComSpec', '%SystemRoot%\\system32\\cmd.exe'), rows.variable('TEMP', '%SystemRoot%\\TEMP')],
          profilers: [],
          print_modules: [rows.printModule('monitor', 'Local Port', 'localspl.dll')],
          settings: [
            rows.setting('load_app_init_64', '0', rows.windowsNT + '\\Windows!LoadAppInit_DLLs'),
            rows.setting('safe_dll_search_mode', '1', rows.control + '\\Session Manager!SafeDllSearchMode'),
          ],
        },
        amsi: {
          providers: [
            rows.amsiProvider(
              '{2781761E-28E0-4109-99FE-B9D127C57AFE}',
              'Windows Defender IOfficeAntiVirus implementation',
              'C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.24090.11-0\\MpOav.dll'
            ),
          ],
          settings: [],
        },
      },
    },

  // Mutations: a row more of a table.
  withService(row):: add('services', 'list', [row]),
  withServiceVariables(service, variables):: add('services', 'environment', [
    rows.variableOf(service, name, variables[name])
    for name in std.objectFields(variables)
  ]),
  withExtension(changes):: add('services', 'extensions', [{ kind: 'vss_provider', name: 'Acme Snapshot Provider', version: '3.1', dll: 'D:\\Acme\\snap.dll', dll_key: 'd:\\acme\\snap.dll', enabled: true, ref: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\VSS\\Providers\\{acme}' } + changes]),
  withMinifilter(row):: add('services', 'minifilters', [row]),
  withInjection(table, row):: add('injection', table, [row]),
  withVariables(variables, account=''):: add('injection', 'environment', [
    rows.variable(name, variables[name], account)
    for name in std.objectFields(variables)
  ]),
  withSetting(key, value, ref):: add('injection', 'settings', [rows.setting(key, value, ref)]),
  withAmsiProvider(row):: add('amsi', 'providers', [row]),

  // changeService changes the service of a name.
  changeService(name, changes):: {
    facts+: { services+: {
      list: [if service.name == name then service + changes else service for service in super.list],
    } },
  },
}
