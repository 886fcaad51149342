// What ACME-IIS-001 is tested on, by name: the healthy server with one thing changed. exvet rule test renders each to
// fixtures/<name>/snapshot.json.
local server = import 'exvet/server.libsonnet';

{
  'acme-iis-001': server.healthy + server.withModule(
    name='AcmeGate', type='Acme.Gate, Acme', scopes=['Default Web Site/owa'], at='Default Web Site/owa'
  ),
  // The near miss: the same module in an application that is not Exchange's.
  'acme-iis-001-elsewhere':
    server.healthy
    + server.withForeignApp(site='Default Web Site', path='/acme', pool='AcmePool', folder='D:\\Acme')
    + server.withModule(name='AcmeGate', type='Acme.Gate, Acme', scopes=['Default Web Site/acme']),
}
