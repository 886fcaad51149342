// Entries of facts.iis. Each function takes what differs and fills in what configuration leaves to defaults.
local types = import 'types.libsonnet';

local applicationHost = 'C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config';

{
  applicationHost:: applicationHost,

  pool(name, line, identity='LocalSystem', from='pool', sid='S-1-5-18', user='', bit32=false):: {
    name: name,
    key: std.asciiLower(name),
    identity_type: identity,
    identity_from: from,
    identity_line: if from == 'pool' then line + 1 else if from == 'defaults' then 200 else 0,
    user_name: user,
    sid: sid,
    pipeline_mode: 'Integrated',
    runtime_version: 'v4.0',
    enable_32bit: bit32,
    clr_config_file: '',
    clr_config_key: '',
    file: applicationHost,
    line: line,
  },

  site(name, id, line, port):: {
    name: name,
    key: std.asciiLower(name),
    id: id,
    bindings: [{ protocol: 'https', information: '*:%d:' % port }],
    file: applicationHost,
    line: line,
  },

  app(site, path, pool, folder, line, poolFrom='application'):: {
    scope: site + path,
    key: std.asciiLower(site + path),
    site: site,
    path: path,
    pool: pool,
    pool_key: std.asciiLower(pool),
    pool_from: poolFrom,
    physical_path: folder,
    physical_key: types.pathKey(folder),
    file: applicationHost,
    line: line,
  },

  directory(scope, app, kind, folder, line, file=applicationHost):: {
    scope: scope,
    key: std.asciiLower(scope),
    app: app,
    kind: kind,
    physical_path: folder,
    physical_key: types.pathKey(folder),
    file: file,
    line: line,
  },

  globalModule(name, image, line, key=types.pathKey(image), preconditions=[]):: {
    name: name,
    key: std.asciiLower(name),
    image: image,
    image_key: key,
    preconditions: preconditions,
    overrides: [],
    file: applicationHost,
    line: line,
  },

  module(name, type, scopes, line, file=applicationHost, preconditions=[], overrides=[]):: types.typeName(type) + {
    name: name,
    key: std.asciiLower(name),
    preconditions: preconditions,
    scopes: scopes,
    overrides: overrides,
    file: file,
    line: line,
  },

  handler(name, path, scopes, line, type='', modules=[], processor='', access='Script', file=applicationHost)::
    types.typeName(type) + {
      name: name,
      key: std.asciiLower(name),
      path: path,
      verb: '*',
      modules: modules,
      script_processor: processor,
      script_processor_key: types.pathKey(processor),
      require_access: access,
      preconditions: [],
      scopes: scopes,
      overrides: [],
      file: file,
      line: line,
    },

  filter(name, path, scopes, line, enabled=true):: {
    name: name,
    key: std.asciiLower(name),
    path: path,
    path_key: types.pathKey(path),
    enabled: enabled,
    preconditions: [],
    scopes: scopes,
    overrides: [],
    file: applicationHost,
    line: line,
  },

  rewriteRule(kind, name, scopes, line, action, match={}, conditions=[], file=applicationHost, enabled=true):: {
    kind: kind,
    name: name,
    key: std.asciiLower(name),
    enabled: enabled,
    pattern_syntax: 'ECMAScript',
    match: { pattern: '.*', negate: false, server_variable: '', filter_by_tags: '', custom_tags: '' } + match,
    grouping: 'MatchAll',
    conditions: [{ input: '', pattern: '', match_type: 'Pattern', negate: false } + c for c in conditions],
    action: { type: 'None', value: '', status_code: '' } + action,
    server_variables: [],
    precondition: { name: '', grouping: 'MatchAll', conditions: [] },
    scopes: scopes,
    overrides: [],
    file: file,
    line: line,
  },

  rewriteProvider(name, type, scopes, line, file=applicationHost):: types.typeName(type) + {
    name: name,
    key: std.asciiLower(name),
    scopes: scopes,
    overrides: [],
    file: file,
    line: line,
  },

  setting(section, name, value, scopes, line, file):: {
    section: section,
    name: name,
    value: value,
    scopes: scopes,
    overrides: [],
    file: file,
    line: line,
  },

  rejected(section, name, value, scopes, line, file, reason='allowed in the root of an application only'):: {
    section: section,
    name: name,
    key: std.asciiLower(name),
    value: value,
    reason: reason,
    scopes: scopes,
    file: file,
    line: line,
  },
}
