// Transport agents, folders and settings: what facts.transport says of a healthy server, and rows to add to it.
local types = import 'types.libsonnet';

local namespace = 'Microsoft.Exchange.Data.Transport.';
local own(service, priority, name, base, factory, assembly) = {
  service: service,
  priority: priority,
  name: name,
  base: namespace + base,
  factory: 'Microsoft.Exchange.' + factory,
  assembly: assembly,
  enabled: true,
};

local mailbox = [
  own('transport', 1, 'Transport Rule Agent', 'Routing.RoutingAgent', 'MessagingPolicies.TransportRuleAgent.TransportRuleAgentFactory', 'TransportRoles\\agents\\Rule\\Microsoft.Exchange.MessagingPolicies.TransportRuleAgent.dll'),
  own('transport', 2, 'Retention Policy Agent', 'Routing.RoutingAgent', 'MessagingPolicies.RetentionPolicyAgent.RetentionPolicyAgentFactory', 'TransportRoles\\agents\\Retention\\Microsoft.Exchange.MessagingPolicies.RetentionPolicyAgent.dll'),
  own('transport', 3, 'Malware Agent', 'Routing.RoutingAgent', 'Transport.Agent.Malware.MalwareAgentFactory', 'TransportRoles\\Agents\\Antimalware\\Microsoft.Exchange.Transport.Agent.Malware.dll'),
  own('transport', 4, 'Text Messaging Delivery Agent', 'Delivery.DeliveryAgent', 'TextMessaging.MobileDriver.TextMessagingDeliveryAgentFactory', 'TransportRoles\\agents\\TextMessaging\\Microsoft.Exchange.TextMessaging.MobileDriver.dll'),
  own('transport', 5, 'System Probe Drop Smtp Agent', 'Smtp.SmtpReceiveAgent', 'Transport.Agent.SystemProbeDrop.SystemProbeDropSmtpAgentFactory', 'TransportRoles\\agents\\SystemProbeDrop\\Microsoft.Exchange.Transport.Agent.SystemProbeDrop.dll'),
  own('front_end', 1, 'Interceptor Smtp Receive Agent', 'Smtp.SmtpReceiveAgent', 'Transport.Agent.InterceptorSmtpAgentFactory', 'TransportRoles\\agents\\InterceptorAgent\\Microsoft.Exchange.Transport.Agent.InterceptorAgent.dll'),
];

{
  // agent is one row. A path that does not begin with a drive lies below Exchange's folder.
  agent(root, row):: {
    local shared = root + '\\TransportRoles\\Shared\\',
    local path = if row.assembly[1] == ':' || row.assembly[0] == '\\' then row.assembly else root + '\\' + row.assembly,
    service: row.service,
    priority: row.priority,
    name: row.name,
    key: std.asciiLower(row.name),
    base_type: row.base,
    base_type_key: std.asciiLower(row.base),
    factory: row.factory,
    factory_key: std.asciiLower(row.factory),
    assembly: path,
    assembly_key: types.pathKey(path),
    assembly_file: if std.objectHas(row, 'assembly_file') then row.assembly_file else 'present',
    enabled: row.enabled,
    file: shared + (if row.service == 'front_end' then 'fetagents.config' else 'agents.config'),
    line: 10 + row.priority,
  },

  healthy(root):: {
    collected+: { transport: { status: 'complete', missing: [] } },
    facts+: { transport: {
      agents: [$.agent(root, row) for row in mailbox],
      folders: [
        { kind: kind, path: root + '\\TransportRoles\\' + kind, key: types.pathKey(root + '\\TransportRoles\\' + kind), files: 0, newest: '' }
        for kind in ['pickup', 'replay']
      ],
      settings: [{ program: 'EdgeTransport.exe', name: 'supported_runtime', value: 'v4.0', key: '', file: root + '\\Bin\\EdgeTransport.exe.config', line: 4 }, { program: 'EdgeTransport.exe', name: 'code_base', value: 'file:///' + root + '\\bin\\Microsoft.Exchange.Net.dll', key: types.pathKey(root + '\\bin'), file: root + '\\Bin\\EdgeTransport.exe.config', line: 9 }],
      extension_scripts: [],
    } },
  },

  // foreign is an agent of another vendor.
  foreign(changes={}):: {
    service: 'transport',
    priority: 6,
    name: 'Acme Archive Agent',
    base: namespace + 'Routing.RoutingAgent',
    factory: 'Acme.Archive.AgentFactory',
    assembly: 'D:\\Acme\\Archive\\Acme.Archive.dll',
    enabled: true,
  } + changes,

  withAgent(root, row):: { facts+: { transport+: { agents+: [$.agent(root, row)] } } },
  // changedAgent changes agents of a name.
  changedAgent(name, changes):: { facts+: { transport+: {
    agents: [if agent.name == name then agent + changes else agent for agent in super.agents],
  } } },
  withSetting(root, name, value, program='EdgeTransport.exe', key=''):: { facts+: { transport+: { settings+: [
    { program: program, name: name, value: value, key: key, file: root + '\\Bin\\' + program + '.config', line: 7 },
  ] } } },
  withMessages(kind, files):: { facts+: { transport+: {
    folders: [if folder.kind == kind then folder { files: files, newest: '2026-11-19T07:00:00Z' } else folder for folder in super.folders],
  } } },
  withExtensionScript(root):: { facts+: { transport+: { extension_scripts+: [
    { feature: 'MailboxProvisioning', cmdlets: 'New-Mailbox', call: 'OnComplete', size: 210, file: root + '\\Bin\\CmdletExtensionAgents\\ScriptingAgentConfig.xml', line: 3 },
  ] } } },
}
