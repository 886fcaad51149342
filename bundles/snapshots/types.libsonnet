// How configuration text becomes facts: path keys and the parts of .NET types, as the collectors make them.
{
  // pathKey is a path as facts compare it. Fixtures write paths without variables.
  pathKey(path):: std.strReplace(std.asciiLower(path), '/', '\\'),

  // typeName splits a .NET type as configuration writes it.
  typeName(type):: {
    local parts = [std.stripChars(part, ' ') for part in std.split(std.asciiLower(type), ',')],
    local tokens = [part for part in parts if std.startsWith(part, 'publickeytoken=')],
    type: type,
    class: parts[0],
    assembly: if std.length(parts) > 1 then parts[1] else '',
    token: if std.length(tokens) > 0 then tokens[0][std.length('publickeytoken='):] else '',
  },
}
