// What runs beside Exchange, and what only someone who broke in starts from it.
local paths = import 'paths.libsonnet';

local windows(names) = ['{windir}\\system32\\' + name for name in names] + ['{windir}\\syswow64\\' + name for name in names];

{
  // Programs of Windows in which parts of Exchange run, beside worker processes.
  hosts: paths.set(['{windir}\\system32\\dsamain.exe', '{windir}\\system32\\inetsrv\\inetinfo.exe']),

  // Where a worker process of IIS lies.
  workers: paths.set(['{windir}\\system32\\inetsrv\\w3wp.exe', '{windir}\\syswow64\\inetsrv\\w3wp.exe']),

  // What worker processes start on any server: consoles, error reports, and ASP.NET's compilers, whose folder is named
  // after a version. From Sigma's rules on web shells; unverified.
  children: paths.set(windows(['conhost.exe', 'vsjitdebugger.exe', 'werfault.exe', 'werfaultsecure.exe', 'wermgr.exe']) + [
    '{windir}\\microsoft.net\\' + framework + '\\v4.0.30319\\' + name
    for framework in ['framework', 'framework64']
    for name in ['csc.exe', 'cvtres.exe', 'vbc.exe', 'vbcscompiler.exe']
  ]),
  transport_children: paths.set(windows(['conhost.exe', 'werfault.exe']) + ['{exchange}\\bin\\oleconverter.exe']),

  // Programs a web shell starts, by name wherever they lie.
  tools: paths.set([
    'appcmd.exe',
    'arp.exe',
    'at.exe',
    'bitsadmin.exe',
    'certutil.exe',
    'cmd.exe',
    'cscript.exe',
    'curl.exe',
    'dsquery.exe',
    'esentutl.exe',
    'findstr.exe',
    'gacutil.exe',
    'hostname.exe',
    'ipconfig.exe',
    'makecab.exe',
    'mshta.exe',
    'net.exe',
    'net1.exe',
    'netsh.exe',
    'netstat.exe',
    'nltest.exe',
    'nslookup.exe',
    'ntdsutil.exe',
    'ping.exe',
    'powershell.exe',
    'powershell_ise.exe',
    'procdump.exe',
    'procdump64.exe',
    'pwsh.exe',
    'query.exe',
    'quser.exe',
    'reg.exe',
    'regsvr32.exe',
    'rundll32.exe',
    'sc.exe',
    'schtasks.exe',
    'systeminfo.exe',
    'tasklist.exe',
    'vssadmin.exe',
    'wevtutil.exe',
    'whoami.exe',
    'wmic.exe',
    'wscript.exe',
  ]),
}
