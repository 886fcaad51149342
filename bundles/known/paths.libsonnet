// Paths as data.exvet.known writes them: lower case, with {exchange}, {windir} or {systemdrive} in place of the
// folders that differ from server to server.
{
  // Longest first, so that c:\windows is not taken for the system drive alone.
  local prefixes = [
    ['%exchangeinstallpath%', '{exchange}\\'],
    ['%systemroot%\\', '{windir}\\'],
    ['%windir%\\', '{windir}\\'],
    ['c:\\windows\\', '{windir}\\'],
    ['%systemdrive%\\', '{systemdrive}\\'],
    ['%programfiles%\\', '{systemdrive}\\program files\\'],
  ],

  token(path):
    local key = std.asciiLower(path);
    local matches = [p for p in prefixes if std.startsWith(key, p[0])];
    if std.length(matches) == 0 then key
    else matches[0][1] + key[std.length(matches[0][0]):],

  base(key):
    local parts = std.split(key, '\\');
    parts[std.length(parts) - 1],

  // set turns names into a table whose keys they are.
  set(names): { [name]: true for name in std.set(names) },
}
