// Tables of one measured IIS configuration.
local paths = import 'paths.libsonnet';

// typeKey makes "class|assembly|token" of a .NET type as configuration writes it, in lower case. Version and
// culture do not count.
local typeKey(type) =
  local parts = [std.stripChars(part, ' ') for part in std.split(std.asciiLower(type), ',')];
  local tokens = [part[std.length('publickeytoken='):] for part in parts if std.startsWith(part, 'publickeytoken=')];
  std.join('|', [
    parts[0],
    if std.length(parts) > 1 then parts[1] else '',
    if std.length(tokens) > 0 then tokens[0] else '',
  ]);

local microsoft = '31bf3856ad364e35';

// typeKeys are the keys a type is known by. Exchange writes some of its types with an assembly but without a
// token; naming the token as well is stricter and is accepted. Leaving out a token, or the assembly, is not.
local typeKeys(type) =
  local key = typeKey(type);
  local parts = std.split(key, '|');
  [key] + if parts[1] != '' && parts[2] == '' then [key + microsoft] else [];

local kinds = { 'Default Web Site': 'front_end', 'Exchange Back End': 'back_end' };

local handlers(lab) =
  lab.serverHandlers + std.flattenArrays([lab.locationHandlers[place].add for place in std.objectFields(lab.locationHandlers)]);

local folders(lab) = [lab.vdirWebConfig[folder] for folder in std.objectFields(lab.vdirWebConfig)];

{
  typeKeys:: typeKeys,

  // reportingWebService is the application Exchange 2013 has besides the measured ones, once a site.
  reportingWebService:: {
    local app(folder) = {
      pool: 'MSExchangeReportingWebServiceAppPool',
      pool_key: std.asciiLower(self.pool),
      folder: folder,
    },
    'front_end|/ecp/reportingwebservice': app('{exchange}\\frontend\\httpproxy\\reportingwebservice'),
    'back_end|/ecp/reportingwebservice': app('{exchange}\\clientaccess\\reportingwebservice'),
  },

  // tables gives, of one configuration:
  //   global_modules   image by name of a native module
  //   global_images    base name of each of those images: the images that may have it
  //   modules          keys of managed module types
  //   exchange_modules names of the modules Exchange's own web.config files add
  //   handlers         keys of managed handler types
  //   processors       script processors of ISAPI handlers
  //   filters          paths of ISAPI filters
  //   stock_pools      pools that come with IIS and are not Exchange's
  //   apps             by "kind|path" of an application: the pools and folders it may have
  //   app_folders      by "kind|folder": folders of applications
  //   directories      "kind|path|folder" of virtual directories below applications
  tables(lab):: {
    global_modules: { [std.asciiLower(m.name)]: paths.token(m.image) for m in lab.globalModules },
    global_images: {
      [name]: paths.set([
        paths.token(m.image)
        for m in lab.globalModules
        if paths.base(paths.token(m.image)) == name
      ])
      for name in std.set([paths.base(paths.token(m.image)) for m in lab.globalModules])
    },
    modules: paths.set(std.flattenArrays(
      [typeKeys(m.type) for m in lab.serverModules if std.objectHas(m, 'type')] +
      [typeKeys(m[1]) for folder in folders(lab) for m in folder.modules_add if m[1] != '']
    )),
    exchange_modules: paths.set([std.asciiLower(m[0]) for folder in folders(lab) for m in folder.modules_add]),
    handlers: paths.set(std.flattenArrays(
      [typeKeys(h.type) for h in handlers(lab) if std.objectHas(h, 'type')] +
      [typeKeys(h[4]) for folder in folders(lab) for h in folder.handlers_add if h[4] != '']
    )),
    processors: paths.set(
      [paths.token(h.scriptProcessor) for h in handlers(lab) if std.objectHas(h, 'scriptProcessor')] +
      [paths.token(h[3]) for folder in folders(lab) for h in folder.handlers_add if h[3] != ''] +
      [paths.token(entry.path) for entry in lab.isapiCgiRestriction if std.endsWith(std.asciiLower(entry.path), 'rpcproxy.dll')]
    ),
    filters: paths.set(
      [paths.token(f.path) for f in lab.serverIsapiFilters] +
      [paths.token(f.path) for site in std.objectFields(lab.siteIsapiFilters) for f in lab.siteIsapiFilters[site]]
    ),
    stock_pools: paths.set([
      std.asciiLower(pool.name)
      for pool in lab.applicationPools
      if !std.startsWith(pool.name, 'MSExchange')
    ]),
    local apps = [
      {
        kind: kinds[site.name],
        path: std.asciiLower(app.app),
        directory: std.asciiLower(app.vdir),
        pool: if app.pool == null then 'DefaultAppPool' else app.pool,
        folder: paths.token(app.physicalPath),
      }
      for site in lab.sites
      for app in site.applications
    ],
    apps: {
      [app.kind + '|' + app.path]: { pool: app.pool, pool_key: std.asciiLower(app.pool), folder: app.folder }
      for app in apps
      if app.directory == '/'
    },
    app_folders: paths.set([app.kind + '|' + app.folder for app in apps if app.path != '/']),
    directories: paths.set([
      app.kind + '|' + app.directory + '|' + app.folder
      for app in apps
      if app.directory != '/'
    ]),
  },
}
