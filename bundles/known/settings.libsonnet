// Settings setup makes in the configuration of Exchange's applications: the measured ones, and the documented
// defaults of virtual directories, which agree with them.
{
  // By side, headers Exchange answers with. Their values name the server.
  headers: {
    front_end: { 'x-feserver': true },
    back_end: { 'x-diaginfo': true, 'x-beserver': true },
  },

  // Headers with the one value they may have, on any side.
  header_values: {
    'x-powered-by': { 'asp.net': true },
    'x-ua-compatible': { 'ie=10': true, 'ie=emulateie7': true },
  },

  // By "kind|path" of an application, the ways of signing in that are on. All others are off.
  authentication: {
    local on(methods) = { [method]: true for method in methods },
    'front_end|/': on(['anonymous']),
    'front_end|/api': on(['anonymous', 'windows']),
    'front_end|/autodiscover': on(['anonymous', 'basic', 'windows']),
    'front_end|/ecp': on(['anonymous', 'basic']),
    'front_end|/ews': on(['anonymous', 'windows']),
    'front_end|/mapi': on(['windows']),
    'front_end|/microsoft-server-activesync': on(['basic']),
    'front_end|/oab': on(['windows']),
    'front_end|/owa': on(['basic']),
    'front_end|/owa/calendar': on(['anonymous']),
    'front_end|/owa/integrated': on(['windows']),
    'front_end|/owa/oma': on(['basic']),
    'front_end|/powershell': on([]),
    'front_end|/rpc': on(['basic', 'windows']),
    'back_end|/': on(['anonymous']),
    'back_end|/api': on(['anonymous', 'windows']),
    'back_end|/autodiscover': on(['anonymous', 'windows']),
    'back_end|/ecp': on(['anonymous', 'windows']),
    'back_end|/ews': on(['anonymous', 'windows']),
    'back_end|/mapi/emsmdb': on(['windows']),
    'back_end|/mapi/nspi': on(['windows']),
    'back_end|/microsoft-server-activesync': on(['basic']),
    'back_end|/oab': on(['windows']),
    'back_end|/owa': on(['anonymous', 'windows']),
    'back_end|/owa/calendar': on(['anonymous']),
    'back_end|/powershell': on(['windows']),
    'back_end|/pushnotifications': on(['anonymous', 'windows']),
    'back_end|/rpc': on(['windows']),
    'back_end|/rpcwithcert': on(['windows']),
  },

  // Folders whose applications allow double escaping in addresses.
  double_escaping: {
    '{exchange}\\frontend\\httpproxy\\ews': true,
    '{exchange}\\frontend\\httpproxy\\rest': true,
    '{exchange}\\clientaccess\\exchweb\\ews': true,
    '{exchange}\\clientaccess\\rest': true,
  },

  // By folder of an application, the handler it does not answer without, whatever the version.
  answering_handlers: {
    '{exchange}\\frontend\\httpproxy\\oab': 'httpproxy',
    '{exchange}\\clientaccess\\exchweb\\ews': 'ewsasmxhandler',
    '{exchange}\\clientaccess\\mapi\\emsmdb': 'emsmdbhttphandler',
    '{exchange}\\clientaccess\\mapi\\nspi': 'nspihttphandler',
    '{exchange}\\clientaccess\\sync': 'airsynchandler',
    '{windir}\\system32\\rpcproxy': 'rpcproxy',
  },

  // Classes that write IIS's own log formats: W3C, NCSA, IIS and ODBC.
  log_plugins: {
    '{ff160663-de82-11cf-bc0a-00aa006111e0}': true,
    '{ff16065f-de82-11cf-bc0a-00aa006111e0}': true,
    '{ff160657-de82-11cf-bc0a-00aa006111e0}': true,
    '{ff16065b-de82-11cf-bc0a-00aa006111e0}': true,
  },

  // Files of IIS's schema that come with IIS, with Windows, and with the optional parts of IIS Microsoft offers.
  schema_files: {
    [name]: true
    for name in [
      'iis_schema.xml',
      'iisprovider_schema.xml',
      'aspnet_schema.xml',
      'fx_schema.xml',
      'rscaext.xml',
      'rewrite_schema.xml',
      'wsmanconfig_schema.xml',
      'arr_schema.xml',
      'aspnetcore_schema.xml',
      'aspnetcore_schema_v2.xml',
      'cors_schema.xml',
      'ftp_schema.xml',
      'httpplatform_schema.xml',
      'webdav_schema.xml',
    ]
  },
}
