// Answers of cmdlets: what facts.organisation says of a healthy server, and rows to add to it.
local types = import 'types.libsonnet';

local from(cmdlet, line=1) = { file: 'exvet\\cmdlets\\%s.json' % cmdlet, line: line };

{
  healthy(root):: {
    collected+: { organisation: { status: 'complete', missing: [] } },
    facts+: { organisation: {
      agents: [],
      role_assignments: [$.roleAssignment({ name: 'ApplicationImpersonation-Organization Management-Delegating', assignee: 'Organization Management', assignee_type: 'RoleGroup', delegation: 'DelegatingOrgWide' })],
      connectors: [$.connector('receive', 'Default Frontend EX01', { server: 'EX01', hosts: ['0.0.0.0-255.255.255.255'] })],
      services: [$.service(root + '\\TransportRoles\\Pickup', root + '\\TransportRoles\\Replay')],
      journal_rules: [],
      transport_rules: [],
      apps: [from('Get-App') { name: 'Action Items', id: 'f60b8ac7', provider: 'Microsoft', version: '1.0', kind: 'Default', enabled: true }],
      extension_agents: [
        $.extensionAgent('Admin Audit Log Agent', { enabled: true, system: true }),
        $.extensionAgent('Scripting Agent', { system: true }),
      ],
      directories: [
        $.directory('owa', { external_url: 'https://mail.contoso.com/owa' }),
        $.directory('oab', { external_url: 'https://mail.contoso.com/OAB' }),
      ],
      anywhere: [from('Get-OutlookAnywhere') { name: 'Rpc (Default Web Site)', server: 'EX01', external: '', internal: 'ex01.contoso.com' }],
      groups: [from('Get-DatabaseAvailabilityGroup') { name: 'DAG1', third_party: false }],
      overrides: [],
      hybrid: [],
      ews_callers: [],
    } },
  },

  roleAssignment(changes):: from('Get-ManagementRoleAssignment') {
    name: 'Archive',
    role: 'ApplicationImpersonation',
    role_key: 'applicationimpersonation',
    assignee: 'svc-archive',
    assignee_type: 'User',
    delegation: 'Regular',
    scope: '',
    write_scope: 'Organization',
    enabled: true,
  } + changes,

  connector(kind, name, changes={}):: from({ send: 'Get-SendConnector', receive: 'Get-ReceiveConnector', delivery_agent: 'Get-DeliveryAgentConnector', foreign: 'Get-ForeignConnector' }[kind]) {
    kind: kind,
    name: name,
    server: '',
    enabled: true,
    protocol: '',
    drop: '',
    spaces: [],
    hosts: [],
  } + changes,

  service(pickup, replay, name='EX01'):: from('Get-TransportService') {
    name: name,
    pickup: pickup,
    pickup_key: types.pathKey(pickup),
    replay: replay,
    replay_key: types.pathKey(replay),
  },

  extensionAgent(name, changes={}):: from('Get-CmdletExtensionAgent') {
    name: name,
    key: std.asciiLower(name),
    enabled: false,
    system: false,
    factory: '',
    assembly: '',
  } + changes,

  directory(kind, changes={}):: from('Get-%sVirtualDirectory' % kind) {
    kind: kind,
    name: '%s (Default Web Site)' % kind,
    server: 'EX01',
    internal_url: '',
    external_url: '',
    basic: false,
    adfs: false,
    oauth: false,
    certificate: false,
  } + changes,

  app(changes):: from('Get-App', 2) { name: 'Acme Tracker', id: 'a1b2', provider: 'Acme Corp', version: '2.1', kind: 'PrivateCatalog', enabled: true } + changes,
  journalRule(changes):: from('Get-JournalRule') { name: 'All mail', enabled: true, address: 'archive@acme.example', scope: 'Global' } + changes,
  transportRule(changes):: from('Get-TransportRule') { name: 'Disclaimer', enabled: true, priority: '0' } + changes,
  override(changes):: from('Get-SettingOverride') { name: 'x', component: 'Cafe', section: 'HttpRequestFiltering', server: [], parameters: ['Enabled=False'] } + changes,
  group(changes):: from('Get-DatabaseAvailabilityGroup') { name: 'DAG2', third_party: true } + changes,
  hybrid(changes):: from('Get-HybridConfiguration') { name: 'Hybrid Configuration', features: ['FreeBusy'] } + changes,
  anywhere(changes):: from('Get-OutlookAnywhere') { name: 'Rpc (Default Web Site)', server: 'EX01', external: 'mail.contoso.com', internal: '' } + changes,
  caller(changes):: {
    account: 'CONTOSO\\svc-archive',
    account_key: 'contoso\\svc-archive',
    agent: 'Fabrikam Archiver',
    requests: 120,
    impersonated: 118,
    mailboxes: 40,
    last: '2026-11-20T07:00:00Z',
    file: 'E:\\Exchange\\Logging\\Ews\\Ews_2026112007-1.LOG',
    line: 12,
  } + changes,

  withRow(table, row):: { facts+: { organisation+: { [table]+: [row] } } },
}
