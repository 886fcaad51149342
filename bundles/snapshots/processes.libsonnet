// The processes of a snapshot: what runs on a healthy server, and what can be done to it.
local types = import 'types.libsonnet';

local add(table, added) = { facts+: { processes+: { [table]+: added } } };

local system32(name) = 'C:\\Windows\\System32\\' + name;
local base(path) =
  local parts = std.split(path, '\\');
  parts[std.length(parts) - 1];

{
  w3wp:: system32('inetsrv\\w3wp.exe'),
  // Numbers of the processes of the healthy server.
  owa:: 4100,
  transport:: 4900,
  edgeTransport:: 5000,

  process(pid, image, parent=0, sid='S-1-5-18', services=[], command_line='"' + image + '"', examined=false):: {
    pid: pid,
    parent: parent,
    session: 0,
    name: base(image),
    key: std.asciiLower(base(image)),
    image: image,
    image_key: types.pathKey(image),
    command_line: command_line,
    sid: sid,
    account: '',
    started: '2026-11-19T22:00:00Z',
    services: [std.asciiLower(service) for service in services],
    examined: examined,
    unreadable: '',
  },

  // Of a worker process: the process, and what says whose it is.
  workerProcess(pid, pool, sid='S-1-5-18', image=$.w3wp):: self.process(pid, image, 0, sid, command_line='w3wp.exe -ap "%s"' % pool, examined=true),
  worker(pid, pool, from='command_line'):: { pid: pid, pool: pool, pool_key: std.asciiLower(pool), from: from },

  loaded(path, pids):: { path: path, key: types.pathKey(path), pids: pids },

  // healthy is what runs on a server without other products, with Exchange in a folder.
  healthy(root)::
    local all = [self.owa, self.transport, self.edgeTransport];
    {
      collected+: { processes: { status: 'complete', missing: [] } },
      facts+: { processes: {
        list: [
          $.workerProcess($.owa, 'MSExchangeOWAAppPool'),
          // ASP.NET compiles pages.
          $.process(4101, 'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe', $.owa),
          $.process($.transport, root + '\\Bin\\MSExchangeTransport.exe', sid='S-1-5-20', services=['MSExchangeTransport'], examined=true),
          $.process($.edgeTransport, root + '\\Bin\\EdgeTransport.exe', $.transport, 'S-1-5-20', examined=true),
          $.process(5001, system32('conhost.exe'), $.edgeTransport, 'S-1-5-20'),
        ],
        workers: [$.worker($.owa, 'MSExchangeOWAAppPool')],
        modules: [
          $.loaded(system32('ntdll.dll'), all),
          $.loaded('C:\\Windows\\assembly\\NativeImages_v4.0.30319_64\\System\\0a1b\\System.ni.dll', all),
          $.loaded(root + '\\Bin\\Newtonsoft.Json.dll', [$.owa]),
        ],
      } },
    },

  withProcess(row):: add('list', [row]),
  withModule(path, pids):: add('modules', [$.loaded(path, pids)]),
  // withWorker adds the worker of one more pool.
  withWorker(pid, pool, sid='S-1-5-18', image=$.w3wp, from='command_line')::
    add('list', [$.workerProcess(pid, pool, sid, image)]) + add('workers', [$.worker(pid, pool, from)]),
  changeProcess(pid, changes):: { facts+: { processes+: {
    list: [if row.pid == pid then row + changes else row for row in super.list],
  } } },
}
