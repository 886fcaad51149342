// Names of files setup puts into folders anyone can reach, and of libraries of Windows that Exchange's programs would take
// from their own folder first. Nobody has a list of hashes for each build: a name is where to look, not a proof.
local paths = import 'paths.libsonnet';

{
  // Scripts by the folder they lie in. That nothing else lies there was not checked on a server of each build.
  pages: {
    '{exchange}\\frontend\\httpproxy\\owa\\auth': paths.set([
      'errorfe.aspx',
      'expiredpassword.aspx',
      'frowny.aspx',
      'logoff.aspx',
      'logon.aspx',
      'outlookcn.aspx',
      'redirsuiteserviceproxy.aspx',
      'signout.aspx',
    ]),
    '{exchange}\\frontend\\httpproxy\\ecp\\auth': paths.set(['timeoutlogout.aspx']),
  },

  // Hosts that pages of Exchange load from or send to, with those below them.
  hosts: [
    'live.com',
    'microsoft.com',
    'microsoftonline.com',
    'msauth.net',
    'msecnd.net',
    'office.com',
    'office.net',
    'office365.com',
    'office365.cn',
    'outlook.cn',
    'outlook.com',
    'partner.outlook.cn',
  ],

  // Libraries of Windows that are taken from the folder of the program first.
  side_loaded: paths.set([
    'cryptbase.dll',
    'cryptsp.dll',
    'dbghelp.dll',
    'dwmapi.dll',
    'iphlpapi.dll',
    'msasn1.dll',
    'ntmarta.dll',
    'profapi.dll',
    'propsys.dll',
    'secur32.dll',
    'sspicli.dll',
    'userenv.dll',
    'uxtheme.dll',
    'version.dll',
    'wbemcomn.dll',
    'winhttp.dll',
    'wininet.dll',
    'winmm.dll',
    'wtsapi32.dll',
  ]),
}
