// What event logs name that is Microsoft's or of Exchange setup: namespaces, images of IIS, transport agents.
local paths = import 'paths.libsonnet';

local images(tables) = [image for table in tables for name in std.objectFields(table) for image in std.objectFields(table[name])];

{
  // namespaces are what the names of .NET, of Windows and of the assemblies Exchange setup installs begin with.
  namespaces(list):: paths.set([std.split(std.asciiLower(name), '.')[0] for name in std.objectFields(list)] + [
    'accessibility',
    'app_code',
    'asp',
    'domainboundilstubclass',
    'domainneutralilstubclass',
    'dynamicclass',
    'interop',
    'log4net',
    'microsoft',
    'mimekit',
    'ms',
    'mscorlib',
    'org',
    'presentationcore',
    'presentationframework',
    'protobuf',
    'protobuf-net',
    'smdiagnostics',
    'sqlite',
    'stubhelpers',
    'sysglobl',
    'system',
    'windows',
    'windowsbase',
  ]),

  // images are the native modules and filters of setup and of IIS, by tokenised path.
  images(baseline, optional):: paths.set(
    images([baseline.global_images, optional.global_modules, optional.review_global_modules])
    + std.flattenArrays([std.objectFields(table) for table in [baseline.filters, baseline.processors, optional.processors]])
  ),

  // agents are Microsoft's transport agents. Anyone may give an agent such a name.
  agents: paths.set([std.asciiLower(name) for name in [
    'Address Rewriting Inbound Agent',
    'Address Rewriting Outbound Agent',
    'Attachment Filtering Agent',
    'Connection Filtering Agent',
    'Content Filter Agent',
    'DLP Policy Agent',
    'Edge Rule Agent',
    'Interceptor Routing Agent',
    'Interceptor Smtp Receive Agent',
    'Journaling Agent',
    'Malware Agent',
    'Prelicensing Agent',
    'Protocol Analysis Agent',
    'Recipient Filter Agent',
    'Retention Policy Agent',
    'Sender Filter Agent',
    'Sender Id Agent',
    'Supervisory Review Agent',
    'System Probe Drop Routing Agent',
    'System Probe Drop Smtp Agent',
    'Text Messaging Delivery Agent',
    'Text Messaging Routing Agent',
    'Transport Rule Agent',
    'UnJournal Agent',
  ]]),
}
