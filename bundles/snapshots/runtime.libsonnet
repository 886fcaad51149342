// Entries of the tables of facts.iis that say what .NET loads, and of those that say where requests go.
local entries = import 'entries.libsonnet';
local types = import 'types.libsonnet';

local at(file, line) = { file: file, line: line };

{
  // An assembly has no class: its name is the type.
  managedType(section, name, type, scopes, line, file)::
    types.typeName(type) + at(file, line) + {
      section: section,
      name: name,
      key: std.asciiLower(name),
      scopes: scopes,
      overrides: [],
    },

  assembly(name, scopes, line, file)::
    self.managedType('system.web/compilation/assemblies', name, name, scopes, line, file)
    + { class: '', assembly: types.typeName(name).class },

  codeBase(folder, example, line, file, href='file:///%s\\%s.dll' % [folder, example]):: at(file, line) + {
    folder: folder,
    folder_key: types.pathKey(folder),
    assemblies: 1,
    example: example,
    href: href,
  },

  probing(kind, name, value, scopes, line, file, key=''):: at(file, line) + {
    kind: kind,
    value: value,
    name: name,
    key: types.pathKey(key),
    scopes: scopes,
  },

  linkedConfiguration(path, scopes, line, file, href='file://' + path):: at(file, line) + {
    href: href,
    path_key: types.pathKey(path),
    assemblies: 4,
    scopes: scopes,
  },

  schemaFile(name):: {
    file: 'C:\\Windows\\System32\\inetsrv\\config\\schema\\' + name,
    key: std.asciiLower(name),
  },

  webFarm(name, servers, line, enabled=true):: at(entries.applicationHost, line) + {
    name: name,
    enabled: enabled,
    servers: servers,
  },
}
