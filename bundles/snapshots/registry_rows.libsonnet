// Rows of facts.services, facts.injection and facts.amsi. Each function takes what differs and fills in what servers usually
// have.
local types = import 'types.libsonnet';

local servicesKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Services';
local control = 'HKLM\\SYSTEM\\CurrentControlSet\\Control';
local windowsNT = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
local sids = { LocalSystem: 'S-1-5-18', 'NT AUTHORITY\\LocalService': 'S-1-5-19', 'NT AUTHORITY\\NetworkService': 'S-1-5-20' };

// A bare name lies in the system folder.
local file(name, view='64') =
  if name == '' then ''
  else if std.length(std.findSubstr('\\', name)) > 0 then types.pathKey(name)
  else types.pathKey((if view == '32' then 'c:\\windows\\syswow64\\' else 'c:\\windows\\system32\\') + name);

local view(path, bits) = if bits == '32' then std.strReplace(path, 'HKLM\\SOFTWARE\\', 'HKLM\\SOFTWARE\\Wow6432Node\\') else path;

{
  servicesKey:: servicesKey,
  control:: control,
  windowsNT:: windowsNT,

  service(name, path, account='LocalSystem', start='auto', depends=[], arguments='', type='own_process'):: {
    name: name,
    key: std.asciiLower(name),
    display: name,
    type: type,
    driver: std.endsWith(type, '_driver'),
    start: start,
    delayed: false,
    account: if self.driver then '' else account,
    account_key: std.asciiLower(self.account),
    sid: if self.driver || !std.objectHas(sids, account) then '' else sids[account],
    image: (if self.driver then path else '"' + path + '"') + (if arguments == '' then '' else ' ' + arguments),
    path: path,
    path_key: types.pathKey(path),
    arguments: arguments,
    unquoted: false,
    dll: '',
    dll_key: '',
    failure_command: '',
    failure_path_key: '',
    failure_actions: false,
    depends: depends,
    group: '',
    written: '',
    ref: servicesKey + '\\' + name,
  },
  variableOf(service, name, value):: {
    service: service,
    service_key: std.asciiLower(service),
    name: name,
    name_key: std.asciiLower(name),
    value: value,
    secret: false,
    ref: servicesKey + '\\' + service + '!Environment',
  },
  minifilter(service, altitude, path):: {
    service: service,
    service_key: std.asciiLower(service),
    instance: service + ' Instance',
    altitude: altitude,
    path_key: types.pathKey(path),
    ref: servicesKey + '\\' + service + '\\Instances\\' + service + ' Instance!Altitude',
  },

  appInit(dll, enabled=true, signed=true, bits='64'):: {
    view: bits,
    dll: dll,
    dll_key: file(dll, bits),
    enabled: enabled,
    require_signed: signed,
    ref: view(windowsNT, bits) + '\\Windows!AppInit_DLLs',
  },
  appCert(name, dll):: {
    name: name,
    dll: dll,
    dll_key: file(dll),
    ref: control + '\\Session Manager\\AppCertDlls!' + name,
  },
  knownDll(name, dll):: {
    name: name,
    dll: dll,
    dll_key: file(std.strReplace(dll, '%SystemRoot%', 'C:\\Windows')),
    ref: control + '\\Session Manager\\KnownDLLs!' + name,
  },
  options(image, changes={}, bits='64'):: {
    image: image,
    image_key: std.asciiLower(image),
    view: bits,
    filter: '',
    filter_key: types.pathKey(self.filter),
    filtered: false,
    use_filter: false,
    debugger: '',
    debugger_path: self.debugger,
    debugger_key: types.pathKey(self.debugger_path),
    verifier_dlls: [],
    verifier_dll_keys: [file(dll) for dll in self.verifier_dlls],
    global_flag: 0,
    verifier_flags: 0,
    mitigation: false,
    dev_override: false,
    ref: view(windowsNT, bits) + '\\Image File Execution Options\\' + image,
  } + changes,
  silentExit(image, mode, monitor='', bits='64'):: {
    image: image,
    image_key: std.asciiLower(image),
    view: bits,
    reporting_mode: mode,
    monitor: monitor,
    monitor_key: types.pathKey(monitor),
    ref: view(windowsNT, bits) + '\\SilentProcessExit\\' + image,
  },
  shimDatabase(name, path):: {
    kind: 'database',
    image: '',
    image_key: '',
    name: name,
    path: path,
    path_key: types.pathKey(path),
    description: '',
    view: '64',
    ref: windowsNT + '\\AppCompatFlags\\InstalledSDB\\' + name + '!DatabasePath',
  },
  shimImage(image, name, bits='64'):: {
    kind: 'image',
    image: image,
    image_key: std.asciiLower(image),
    name: name,
    path: '',
    path_key: '',
    description: '',
    view: bits,
    ref: view(windowsNT, bits) + '\\AppCompatFlags\\Custom\\' + image + '!' + name,
  },
  debugger(kind, command, path=command, bits='64'):: {
    kind: kind,
    image: '',
    command: command,
    path: path,
    path_key: types.pathKey(path),
    auto: true,
    view: bits,
    ref: {
      ae_debug: view(windowsNT, bits) + '\\AeDebug!Debugger',
      ae_debug_protected: windowsNT + '\\AeDebugProtected!Debugger',
      hang: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\Windows Error Reporting\\Hangs!Debugger',
      exception_module: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\Windows Error Reporting\\RuntimeExceptionHelperModules!' + command,
    }[kind],
  },
  winsock(kind, entry, name, dll, bits='64')::
    local catalog = { protocol: 'Protocol_Catalog9', namespace: 'NameSpace_Catalog5' }[kind];
    local value = { protocol: 'PackedCatalogItem', namespace: 'LibraryPath' }[kind];
    {
      kind: kind,
      view: bits,
      name: name,
      dll: dll,
      dll_key: file(std.strReplace(dll, '%SystemRoot%', 'C:\\Windows')),
      ref: '%s\\WinSock2\\Parameters\\%s\\Catalog_Entries%s\\%s!%s' % [servicesKey, catalog, if bits == '64' then '64' else '', entry, value],
    },
  lsa(kind, name):: {
    kind: kind,
    name: name,
    dll_key: file(if std.endsWith(name, '.dll') then name else name + '.dll'),
    ref: control + '\\' + {
      security: 'Lsa!Security Packages',
      authentication: 'Lsa!Authentication Packages',
      notification: 'Lsa!Notification Packages',
      osconfig_security: 'Lsa\\OSConfig!Security Packages',
      extension: 'LsaExtensionConfig\\LsaSrv!Extensions',
    }[kind],
  },
  networkProvider(name, dll, order):: {
    name: name,
    key: std.asciiLower(name),
    dll: dll,
    dll_key: file(std.strReplace(dll, '%SystemRoot%', 'C:\\Windows')),
    order: order,
    ref: servicesKey + '\\' + name + '\\NetworkProvider!ProviderPath',
  },
  credentialProvider(kind, clsid, name, dll):: {
    kind: kind,
    clsid: clsid,
    name: name,
    dll: dll,
    dll_key: file(dll),
    ref: 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Authentication\\%s\\%s' % [
      { provider: 'Credential Providers', filter: 'Credential Provider Filters' }[kind],
      clsid,
    ],
  },
  comOverride(account, clsid, dll, machine='', kind='inprocserver32', bits='64'):: {
    account: account,
    clsid: clsid,
    kind: kind,
    view: bits,
    dll: dll,
    dll_key: if kind == 'treatas' then '' else file(dll),
    machine_dll_key: types.pathKey(machine),
    ref: 'HKU\\%s\\Software\\Classes\\%sCLSID\\%s\\%s!' % [account, if bits == '32' then 'Wow6432Node\\' else '', clsid, kind],
  },
  variable(name, value, account=''):: {
    scope: if account == '' then 'machine' else 'account',
    account: account,
    name: name,
    name_key: std.asciiLower(name),
    value: value,
    secret: false,
    ref: (if account == '' then control + '\\Session Manager\\Environment!' else 'HKU\\' + account + '\\Environment!') + name,
  },
  profiler(name, clsid, dll, bits='64'):: {
    profiler: name,
    key: std.asciiLower(name),
    clsid: clsid,
    dll: dll,
    dll_key: file(dll, bits),
    view: bits,
    registered: dll != '',
    ref: if dll == '' then '' else 'HKLM\\SOFTWARE\\Classes\\%sCLSID\\%s\\InprocServer32!' % [
      if bits == '32' then 'Wow6432Node\\' else '',
      clsid,
    ],
  },
  printModule(kind, name, dll):: {
    kind: kind,
    name: name,
    dll: dll,
    dll_key: file(dll),
    ref: control + '\\Print\\' + { monitor: 'Monitors', provider: 'Providers' }[kind] + '\\' + name + '!Driver',
  },
  setting(key, value, ref):: { key: key, value: value, ref: ref },

  amsiProvider(clsid, name, dll, bits='64'):: {
    clsid: clsid,
    key: std.asciiLower(clsid),
    name: name,
    dll: dll,
    dll_key: file(dll, bits),
    view: bits,
    registered: dll != '',
    ref: view('HKLM\\SOFTWARE\\Microsoft\\AMSI\\Providers\\' + clsid, bits),
    server_ref: 'HKLM\\SOFTWARE\\Classes\\%sCLSID\\%s\\InprocServer32!' % [if bits == '32' then 'Wow6432Node\\' else '', clsid],
  },
}
