// Files and their signatures: what facts.binaries says of a healthy server, and rows to add to it.
local types = import 'types.libsonnet';

local signature(status, changes={}) = {
  status: status,
  microsoft: false,
  found: '',
  catalog: '',
  subject_cn: '',
  subject_o: '',
  issuer_cn: '',
  serial: '',
  anchor: '',
  digest: '',
  timestamp: '',
  timestamp_by: '',
  timestamp_anchor: '',
  flags: [],
  reason: '',
} + changes;

local embedded(cn, o, issuer, anchor, serial) = {
  found: 'embedded',
  subject_cn: cn,
  subject_o: o,
  issuer_cn: issuer,
  serial: serial,
  anchor: anchor,
  digest: 'sha256',
};

local microsoft = embedded('Microsoft Corporation', 'Microsoft Corporation', 'Microsoft Code Signing PCA 2011', 'microsoft-2011', '33000001');

{
  // Signatures. Those of Microsoft lead to its own roots, those of others to the host's.
  microsoft:: signature('valid', microsoft { microsoft: true }),
  catalog:: signature('catalog', microsoft {
    microsoft: true,
    found: 'catalog',
    catalog: 'C:\\Windows\\System32\\CatRoot\\{F750E6C3-38EE-11D1-85E5-00C04FC295EE}\\Package.cat',
    subject_cn: 'Microsoft Windows',
    issuer_cn: 'Microsoft Windows Production PCA 2011',
    anchor: 'microsoft-2010',
  }),
  // forOthers is what Microsoft signs for what others wrote and Exchange brings with it.
  forOthers:: signature('valid', microsoft { subject_cn: 'Microsoft 3rd Party Application Component', flags: ['signed-for-others'] }),
  by(name, serial='0c0ffee0'):: signature('valid', embedded(name, name, 'Example Code Signing CA', 'host-store', serial)),
  // lookalike bears Microsoft's name and leads to nobody.
  lookalike:: signature('untrusted-root', embedded('Microsoft Corporation', 'Microsoft Corporation', 'Microsoft Corporation', '', '01') {
    reason: 'the chain ends at no trusted root',
  }),
  // tampered was changed after Microsoft signed it.
  tampered:: signature('hash-mismatch', microsoft { anchor: '', reason: 'the file is not what was signed' }),
  untrusted(name):: signature('untrusted-root', embedded(name, name, name, '', '02') { reason: 'the chain ends at no trusted root' }),
  expired(name):: signature('expired', embedded(name, name, 'Example Code Signing CA', '', '03') { reason: 'good at another time' }),
  unsigned:: signature('unsigned', { reason: 'no embedded signature, and no catalog vouches for the file' }),
  unknown:: signature('unknown', { reason: 'the file was not read', flags: [] }),

  // file is a row of a file that was read.
  file(path, signature, namedBy=[], size=65536):: {
    path: path,
    key: types.pathKey(path),
    status: 'read',
    reason: '',
    size: size,
    modified: '2021-10-02T03:04:05Z',
    created: '',
    sha256: std.substr(std.sha256(path), 0, 64),
    signature: signature,
    others: [],
    loaded_by: [],
    named_by: namedBy,
  },

  // made says what .NET made a file of, added to its row: "native_image" of assemblies, or "page" of sources.
  made(kind, from, status='found', reason=''):: { made: { kind: kind, from: [types.pathKey(path) for path in from], status: status, reason: reason } },

  // missing is a row of a file that was not read: "absent", "unreadable" or "not_in_evidence".
  missing(path, status='absent', namedBy=[]):: self.file(path, $.unknown, namedBy, 0) { status: status, modified: '', sha256: '' },

  // of counts the files one section names.
  of(named, absent=0):: { named: named, read: named - absent, absent: absent },

  // healthy holds a few of the files a healthy server's facts name: for what rules look up, a file that is not in the table
  // was not seen.
  healthy(root):: {
    collected+: { binaries: { status: 'complete', missing: [] }, signatures: { status: 'complete', missing: [] } },
    facts+: { signatures: { os_verdicts: [] }, binaries: {
      list: [
        $.file(root + '\\Bin\\kerbauth.dll', $.microsoft, ['iis.global_modules:kerbauth']),
        $.file(root + '\\FrontEnd\\HttpProxy\\bin\\owaauth.dll', $.microsoft),
      ],
      assemblies: [],
      managed: $.of(0),
      iis: $.of(2),
      services: $.of(0),
      injection: $.of(0),
      amsi: $.of(0),
      events: $.of(0),
      processes: $.of(0),
      transport: $.of(0),
      files: $.of(0),
    } },
  },

  // withFile adds a row.
  withFile(row):: { facts+: { binaries+: { list+: [row] } } },

  // withAssembly adds a file that may be loaded for an assembly.
  withAssembly(name, row):: self.withFile(row) + { facts+: { binaries+: { assemblies+: [{ name: name, key: row.key }] } } },

  // withVerdict adds what Windows makes of the signature in a file of the table.
  withVerdict(path, verdict):: { facts+: { signatures+: { os_verdicts+: [{ key: types.pathKey(path), path: path, verdict: verdict }] } } },

  // withSignature changes the signature of a file of the table.
  withSignature(path, signature):: { facts+: { binaries+: {
    list: [if file.path == path then file { signature: signature } else file for file in super.list],
  } } },
}
