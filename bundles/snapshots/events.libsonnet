// The event logs' part of a snapshot: what those of a healthy server hold, and rows to add. Each row takes what
// differs; keys follow from the spelling beside them. Most fixtures have quiet logs, so that they stay small.
local types = import 'types.libsonnet';

local row(log, provider, id, record, time, count) = {
  log: log,
  record: record,
  time: time,
  provider: provider,
  provider_key: std.asciiLower(provider),
  id: id,
  pid: 0,
  count: count,
};

// texts makes empty fields, each with its key where it has one.
local texts(plain, keyed=[]) =
  { [name]: '' for name in plain }
  + { [name]: '' for name in keyed }
  + { [name + '_key']: '' for name in keyed };

// keys gives each field of a row that has a key its key.
local keys(entry, keyed, paths=[]) = entry + {
  [name + '_key']: if std.member(paths, name) then types.pathKey(entry[name]) else std.asciiLower(entry[name])
  for name in keyed
};

local noon = '2026-11-19T12:00:00.000Z';

// poolOf is the pool of "w3wp#Pool".
local poolOf(app) = if std.startsWith(app, 'w3wp#') then app[5:] else '';

local log(name, file, records, hours=720, oldest='2026-10-21T08:00:00.000Z') = {
  log: name,
  log_key: std.asciiLower(name),
  file: 'C:\\Windows\\System32\\winevt\\Logs\\' + file,
  record: records,
  time: '2026-11-20T07:59:00.000Z',
  records: records,
  recovered: 0,
  oldest_record: 1,
  newest_record: records,
  oldest: oldest,
  newest: '2026-11-20T07:59:00.000Z',
  window_hours: hours,
  dirty: true,
  unreadable: 0,
  chunks: 16,
  damaged_chunks: 0,
  skipped_bytes: 0,
  notes: [],
};

{
  log:: log,

  watson(record, app, assembly, method, exception, changes={}, time=noon, count=1)::
    keys(row('Application', 'MSExchange Common', 4999, record, time, count) + {
      event_type: 'E12IIS',
      flavor: 'c-RTL-AMD64',
      app_version: '15.02.1118.007',
      app_name: app,
      app_key: std.asciiLower(app),
      pool: poolOf(app),
      assembly: assembly,
      method: method,
      exception: exception,
      hash: '28d7-DumpTidSet',
      assembly_version: '15.02.1118.007',
      parameters: 8,
      blocks_impersonated_callers: std.length(std.findSubstr('ConnectionPoolManager.BlockImpersonatedCall', method)) > 0,
      text: std.join(', ', ['E12IIS', 'c-RTL-AMD64', '15.02.1118.007', app, assembly, method, exception, '28d7-DumpTidSet', '15.02.1118.007']),
    } + changes, ['pool', 'assembly', 'method', 'exception']),

  caller(record, account, frames, pid=0, pool='', time=noon, count=1)::
    keys(row('Application', 'MSExchange ADAccess', 2117, record, time, count) + {
      pid: pid,
      process: 'w3wp.exe',
      account: account,
      app_name: if pool == '' then '' else 'w3wp#' + pool,
      pool: pool,
      frames: frames,
    }, ['process', 'account', 'pool']),

  crash(record, kind, changes, time=noon, count=1)::
    local source = {
      fault: ['Application Error', 1000],
      clr: ['.NET Runtime', 1023],
      fail_fast: ['.NET Runtime', 1025],
      unhandled: ['.NET Runtime', 1026],
      report: ['Windows Error Reporting', 1001],
    }[kind];
    keys(
      row('Application', source[0], source[1], record, time, count)
      + texts(['code', 'exception', 'report_type', 'app_name', 'text'], ['application', 'application_path', 'module', 'module_path', 'pool'])
      + { kind: kind, frames: [] }
      + changes,
      ['application', 'application_path', 'module', 'module_path', 'pool'],
      ['application_path', 'module_path'],
    ),

  was(record, id, kind, pool, time=noon, count=1)::
    keys(row('System', 'Microsoft-Windows-WAS', id, record, time, count) + { kind: kind, pool: pool, text: pool }, ['pool']),

  moduleFailure(record, id, kind, image, time=noon, count=1)::
    keys(
      row('Application', 'Microsoft-Windows-IIS-W3SVC-WP', id, record, time, count) + { kind: kind, image: image, text: image },
      ['image'],
      ['image'],
    ),

  profiler(record, meaning, clsid, messageID='', text=meaning, id=1022, time=noon, count=1)::
    row('Application', '.NET Runtime', id, record, time, count) + {
      message_id: messageID,
      meaning: meaning,
      clsid: clsid,
      clsid_key: std.asciiLower(std.stripChars(clsid, '{}')),
      hresult: '',
      text: text,
    },

  agent(record, id, kind, agent, changes={}, provider='MSExchange Extensibility', time=noon, count=1)::
    keys(
      row('Application', provider, id, record, time, count)
      + texts(['factory', 'exception', 'event'], ['agent', 'assembly'])
      + { kind: kind, agent: agent, text: agent }
      + changes,
      ['agent', 'assembly'],
      ['assembly'],
    ),

  service(record, id, kind, service, changes={}, time=noon, count=1)::
    keys(
      row('System', 'Service Control Manager', id, record, time, count)
      + texts(['start_type', 'code'], ['name', 'image', 'account'])
      + { kind: kind, service: service, text: service }
      + changes,
      ['service', 'name', 'image', 'account'],
    ),

  configChange(record, configuration, newValue, changes={}, time=noon, count=1)::
    keys(
      row('Microsoft-Windows-IIS-Configuration/Operational', 'Microsoft-Windows-IIS-Configuration', 29, record, time, count) + {
        operation: 'Set',
        configuration: configuration,
        config_path: 'MACHINE/WEBROOT/APPHOST',
        old_value: '',
        new_value: newValue,
        user: 'S-1-5-21-1-2-3-1104',
      } + changes,
      ['configuration'],
    ),

  cmdlet(record, cmdlet, parameters, time=noon, count=1)::
    keys(row('MSExchange Management', 'MSExchange CmdletLogs', 1, record, time, count) + {
      cmdlet: cmdlet,
      parameters: parameters,
      account: 'contoso.com/Users/Admin',
      sid: 'S-1-5-21-1-2-3-500',
      process: 'w3wp#MSExchangePowerShellAppPool',
      failed: false,
    }, ['cmdlet', 'account']),

  webError(record, application, exception, frames, changes={}, time=noon, count=1)::
    keys(row('Application', 'ASP.NET 4.0.30319.0', 1309, record, time, count) + {
      code: '3005',
      exception: exception,
      application: application,
      path: '/owa/',
      account: '',
      frames: frames,
      text: exception,
    } + changes, ['exception']),

  // rows adds rows to tables of facts.events.
  rows(tables):: { facts+: { events+: { [table]+: tables[table] for table in std.objectFields(tables) } } },

  // quiet is logs that hold nothing rules read.
  quiet: {
    collected+: { events: { status: 'complete', missing: [] } },
    facts+: { events: {
      [table]: []
      for table in [
        'logs',
        'kinds',
        'examples',
        'watson',
        'impersonated_callers',
        'crashes',
        'was',
        'module_failures',
        'profilers',
        'agents',
        'services',
        'config_changes',
        'cmdlets',
        'web_errors',
      ]
    } },
  },

  // withUsual fills the logs with what those of a healthy server hold after a month.
  withUsual(root):: {
    facts+: { events+: {
      logs: [
        log('Application', 'Application.evtx', 41200),
        log('System', 'System.evtx', 22100),
        log('Microsoft-Windows-IIS-Configuration/Operational', 'Microsoft-Windows-IIS-Configuration%4Operational.evtx', 130),
        log('MSExchange Management', 'MSExchange Management.evtx', 9000),
      ],
      // Failures of Exchange's own, of which there are some on every server.
      watson: [
        $.watson(40100, 'w3wp#MSExchangeServicesAppPool', 'M.Exchange.Security', 'M.E.S.O.V1ProfileLocalTokenIssuer..ctor', 'M.E.S.OAuth.OAuthTokenRequestFailedException', count=4),
        $.watson(40110, 'MSExchangeDelivery', 'M.Exchange.Transport', 'M.E.T.AcceptedDomainTable..ctor', 'System.FormatException'),
        $.watson(40120, 'w3wp#MSExchangeOWAAppPool', 'unknown', 'unknown', 'Newtonsoft.Json.JsonReaderException'),
      ],
      crashes: [
        $.crash(40101, 'report', { application: 'w3wp', report_type: 'E12IIS', app_name: 'w3wp#MSExchangeServicesAppPool', pool: 'MSExchangeServicesAppPool' }),
        $.crash(40200, 'fault', {
          application: 'w3wp.exe',
          application_path: 'c:\\windows\\system32\\inetsrv\\w3wp.exe',
          module: 'KERNELBASE.dll',
          module_path: 'C:\\Windows\\System32\\KERNELBASE.dll',
          code: 'e0434352',
          pool: 'MSExchangeOWAAppPool',
        }),
        $.crash(40210, 'unhandled', {
          application: 'EdgeTransport.exe',
          exception: 'System.OutOfMemoryException',
          frames: ['Microsoft.Exchange.Transport.Queue.Load(Int64 id)', 'System.Threading.ThreadHelper.ThreadStart()'],
        }),
      ],
      was: [$.was(21000, 5013, 'shutdown', 'MSExchangeOWAAppPool'), $.was(21010, 5011, 'communication', 'MSExchangeServicesAppPool')],
      agents: [$.agent(40300, 1050, 'slow', 'Transport Rule Agent')],
      services: [
        $.service(21100, 7040, 'start_type', 'Background Intelligent Transfer Service', { name: 'BITS', start_type: 'auto start' }, count=12),
        $.service(21110, 7045, 'installed', 'Microsoft Exchange Emergency Mitigation Service', {
          name: 'MSExchangeMitigation',
          image: '"' + root + '\\Bin\\Microsoft.Exchange.Mitigation.Service.exe"',
          account: 'LocalSystem',
          start_type: 'auto start',
        }),
      ],
      cmdlets: [$.cmdlet(8900, 'Set-OwaVirtualDirectory', '-Identity "EX01\\owa (Default Web Site)" -ExternalUrl "https://mail.contoso.com/owa"')],
      web_errors: [$.webError(40400, root + '\\FrontEnd\\HttpProxy\\owa\\', 'System.Web.HttpException', [
        'System.Web.HttpRequest.ValidateInputIfRequiredByConfig()',
        'Microsoft.Exchange.HttpProxy.ProxyModule.OnPostAuthorizeRequest(Object sender, EventArgs e)',
      ])],
    } },
  },
}
