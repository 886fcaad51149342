// URL Rewrite rules Microsoft installs or tells administrators to install. A name proves nothing: a rule is one of
// these only if it does what they do.
//
//   inputs   what every condition looks at, in lower case
//   needles  texts every condition's pattern holds, in lower case
//   reserved whether the name is Microsoft's alone. "RequestBlockingRule1" is what IIS Manager calls any rule.
local autodiscover = {
  inputs: { '{request_uri}': true, '{urldecode:{request_uri}}': true, '{url}': true },
  needles: ['autodiscover', 'powershell'],
  reserved: true,
};
local cookie(name) = { inputs: { '{http_cookie}': true }, needles: [name], reserved: true };

{
  // Inbound rules that block a request.
  inbound: {
    'eems m1.1 powershell - inbound': autodiscover,
    'powershell - inbound': autodiscover,
    requestblockingrule1: autodiscover { reserved: false },
    'x-anonresource-backend abort - inbound': cookie('x-anonresource-backend'),
    'x-beresource abort - inbound': cookie('x-beresource'),
  },

  // Outbound rules that set the Content-Security-Policy header.
  outbound: {
    'eems m2.1 owa csp - outbound': true,
    'eomt owa csp - outbound': true,
  },
}
