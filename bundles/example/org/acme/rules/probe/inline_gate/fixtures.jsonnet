// Servers with the gate of Acme, as the probe finds it.
local server = import 'exvet/server.libsonnet';

local gate(mode) = {
  facts+: { probes: { acme: { gate: [{
    key: 'hklm\\software\\acme\\gate',
    path: 'HKLM\\SOFTWARE\\Acme\\Gate',
    name: 'Mode',
    type: 1,
    text: mode,
    texts: [],
    number: 0,
    secret: false,
    ref: 'HKLM\\SOFTWARE\\Acme\\Gate!Mode',
  }] } } },
};

{
  'gate-inline': server.healthy + gate('Inline'),
  'gate-beside': server.healthy + gate('Beside'),
}
