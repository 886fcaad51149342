// Files of web folders and beside Exchange's programs: what facts.files says of a healthy server, and rows to add to it.
local types = import 'types.libsonnet';

local setupTime = '2021-10-02T03:04:05Z';

local base(path) = local parts = std.split(std.asciiLower(path), '\\'); parts[std.length(parts) - 1];

{
  web(root, kind, path, changes={}):: {
    root: root,
    path: path,
    key: types.pathKey(path),
    name_key: base(path),
    kind: kind,
    size: 4096,
    modified: setupTime,
    newer_by: 0,
    sha256: std.sha256(path),
    marks: [],
  } + changes,

  program(folder, path):: {
    folder: folder,
    path: path,
    key: types.pathKey(path),
    name_key: base(path),
    size: 65536,
    modified: setupTime,
  },

  assembly(name, token, version='1.0'):: {
    local path = 'C:\\Windows\\Microsoft.NET\\assembly\\GAC_MSIL\\%s\\v4.0_%s__%s\\%s.dll' % [name, version, token, name],
    name: name,
    name_key: std.asciiLower(name),
    version: version,
    token: token,
    path: path,
    key: types.pathKey(path),
    modified: setupTime,
  },

  healthy(root):: {
    local frontEnd = root + '\\FrontEnd\\HttpProxy',
    collected+: { files: { status: 'complete', missing: [] } },
    facts+: { files: {
      folders: [
        { kind: kind, path: path, key: types.pathKey(path), files: 9 }
        for kind in ['root', 'front_end', 'back_end', 'bin']
        for path in [{ root: 'C:\\inetpub\\wwwroot', front_end: frontEnd, back_end: root + '\\ClientAccess', bin: root + '\\Bin' }[kind]]
      ],
      web: [
        $.web('root', 'page', 'C:\\inetpub\\wwwroot\\iisstart.htm'),
        $.web('root', 'configuration', 'C:\\inetpub\\wwwroot\\web.config'),
        $.web('root', 'page', 'C:\\inetpub\\wwwroot\\aspnet_client\\system_web\\4_0_30319\\WebUIValidation.js'),
        $.web('front_end', 'script', frontEnd + '\\owa\\auth\\logon.aspx', { marks: ['password'] }),
        $.web('front_end', 'script', frontEnd + '\\owa\\auth\\logoff.aspx'),
        $.web('front_end', 'script', frontEnd + '\\owa\\auth\\errorFE.aspx'),
        $.web('front_end', 'page', frontEnd + '\\owa\\auth\\15.2.1118\\scripts\\premium\\flogon.js', { marks: ['password'] }),
        $.web('front_end', 'script', frontEnd + '\\ecp\\auth\\TimeoutLogout.aspx'),
        $.web('front_end', 'configuration', frontEnd + '\\owa\\web.config'),
        $.web('back_end', 'script', root + '\\ClientAccess\\ecp\\default.aspx', { marks: ['request'] }),
        $.web('back_end', 'library', root + '\\ClientAccess\\owa\\auth\\owaauth.dll', { sha256: '' }),
      ],
      // As setup leaves it: a link of Microsoft's own.
      page_links: [$.link(frontEnd + '\\owa\\auth\\OutlookCN.aspx', 'script', 'r1.res.office365.com')],
      compiled: [{
        virtual_path: '/owa/auth/logon.aspx',
        key: '/owa/auth/logon.aspx',
        file: 'C:\\Windows\\Microsoft.NET\\Framework64\\v4.0.30319\\Temporary ASP.NET Files\\owa\\a\\logon.aspx.cdcab7d2.compiled',
        modified: setupTime,
      }],
      programs: [$.program('bin', root + '\\Bin\\EdgeTransport.exe'), $.program('front_end_bin', frontEnd + '\\bin\\owaauth.dll')],
      redirections: [],
      gac: [
        $.assembly('System.Web', 'b03f5f7f11d50a3a', '4.0.0.0'),
        $.assembly('Microsoft.Exchange.Net', '31bf3856ad364e35', '15.0.0.0'),
      ],
    } },
  },

  link(path, kind, host, line=12):: { file_key: types.pathKey(path), file: path, kind: kind, host: host, line: line, text: 'https://%s/x' % host },

  withRow(table, row):: { facts+: { files+: { [table]+: [row] } } },
  // changedWeb changes web files of a name.
  changedWeb(name, changes):: { facts+: { files+: {
    web: [if file.name_key == name then file + changes else file for file in super.web],
  } } },
}
