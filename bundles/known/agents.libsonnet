// Transport agents of Exchange: by name in lower case, the class that makes them and where their assembly lies.
local paths = import 'paths.libsonnet';

// What no file names a class for: any of Microsoft's namespaces will do, and the signature decides.
local unsourced = ['DLP Policy Agent', 'Retention Policy Agent', 'Supervisory Review Agent'];

// Classes by the namespaces of the programs themselves; where their assembly lies was not seen.
local namespaces = {
  'text messaging routing agent': 'microsoft.exchange.textmessaging.mobiledriver.textmessagingroutingagentfactory',
  'text messaging delivery agent': 'microsoft.exchange.textmessaging.mobiledriver.textmessagingdeliveryagentfactory',
  'system probe drop smtp agent': 'microsoft.exchange.transport.agent.systemprobedrop.systemprobedropsmtpagentfactory',
  'system probe drop routing agent': 'microsoft.exchange.transport.agent.systemprobedrop.systemprobedroproutingagentfactory',
};

{
  tables(list):: {
    [std.asciiLower(agent.name)]: {
      factory: std.asciiLower(agent.classFactory),
      assembly: std.strReplace(std.asciiLower(agent.assemblyPath), '%exchangeinstallpath%', '{exchange}\\'),
    }
    for agent in list.agents
  } + {
    [name]: { factory: namespaces[name], assembly: '' }
    for name in std.objectFields(namespaces)
  } + {
    [std.asciiLower(name)]: { factory: '', assembly: '' }
    for name in unsourced
  },

  // Kinds of agents another vendor may write.
  bases: paths.set([
    'microsoft.exchange.data.transport.smtp.smtpreceiveagent',
    'microsoft.exchange.data.transport.routing.routingagent',
    'microsoft.exchange.data.transport.delivery.deliveryagent',
  ]),

  // Agents whose absence or rest leaves mail unguarded.
  guards: paths.set(['transport rule agent', 'dlp policy agent', 'malware agent', 'journaling agent']),
}
