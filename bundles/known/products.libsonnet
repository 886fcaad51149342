// Fingerprints that name the owner of what was found. They never decide a verdict: a name is a claim until the file's
// signature is read. confidence says how sure the fingerprint itself is: "high", "medium", "low" or "unverified", which
// is a name nobody checked. security is of products that protect the server: one asks their vendor for exclusions first.
local owner(vendor, product, confidence='medium') = { vendor: vendor, product: product, confidence: confidence };
local security(vendor, product, confidence='medium') = owner(vendor, product, confidence) { class: 'security' };

local newRelic = owner('New Relic', 'New Relic .NET agent', 'high');
local appDynamics = owner('Cisco', 'AppDynamics .NET agent', 'high');
local sentinelOne = security('SentinelOne', 'SentinelOne');
local sophos = security('Sophos', 'Sophos Intercept X');
local bitdefender = security('Bitdefender', 'Bitdefender');
local trend = security('Trend Micro', 'Trend Micro Apex One');
local citrix = owner('Citrix', 'Citrix Virtual Apps and Desktops');
local avast = security('Avast', 'Avast or AVG Antivirus');
local crowdStrike = security('CrowdStrike', 'CrowdStrike Falcon');
local duo = owner('Duo Security', 'Duo for Outlook on the web', 'unverified');
local messageware = owner('Messageware', 'Messageware for Outlook on the web', 'unverified');
local mcAfee = security('Trellix', 'McAfee Security for Microsoft Exchange');

{
  // Assemblies of modules and handlers of IIS, by how their names begin. That these products add such modules is
  // documented by their vendors, the names are nobody's word.
  assembly_prefixes: {
    duosecurity: duo,
    messageware: messageware,
  },

  // Folders a product is installed in, by a part of their path.
  folders: {
    '\\duo security\\': duo,
    '\\messageware\\': messageware,
    '\\onespan\\digipass authentication for ': owner('OneSpan', 'Digipass Authentication for OWA', 'high'),
    '\\rsa security\\rsawebagent\\': owner('RSA', 'RSA Authentication Agent for Web', 'unverified'),
    '\\vasco\\digipass authentication for ': owner('OneSpan', 'Digipass Authentication for OWA', 'high'),
  },

  // Profilers by CLSID or ProgID.
  profilers: {
    '{71da0a04-7777-4ec6-9643-7d28b46a8a41}': newRelic,
    '{36032161-ffc0-4b61-b559-f6c5d41bae5a}': newRelic,
    'appdynamics.agentprofiler': appDynamics,
    '{57e1aa68-2229-41aa-9931-a6e93bbc64d8}': appDynamics,
    '{b7038f67-52fc-4da2-ab02-969b3c1eda03}': owner('Dynatrace', 'Dynatrace OneAgent'),
    '{da7cfc47-3e35-4c4e-b495-534f93b28683}': owner('Dynatrace', 'Dynatrace AppMon'),
    '{846f5f1c-f9ae-4b07-969e-05c26bc060d8}': owner('Datadog', 'Datadog .NET tracer', 'high'),
    '{fa8f1dff-0b62-4f84-887f-ecac69a65dd3}': owner('IBM', 'Instana'),
    '{989d151b-3f31-482e-926f-2e95d274bd36}': owner('ManageEngine', 'Site24x7 APM Insight'),
    '{ad5651a8-b5c8-46ca-a11b-e82aec2b8e78}': owner('Microsoft', 'System Center Operations Manager APM'),
    '{324f817a-7420-4e6d-b3c1-143fbed6d855}': owner('Microsoft', 'Application Insights instrumentation engine'),
    '{2aa1aa98-2caa-4fcf-86ce-efa007737e83}': owner('Microsoft', 'IntelliTrace'),
    '{9aa5d52f-37e2-487d-aaec-727478b8bdb5}': owner('JetBrains', 'dotCover'),
  },

  // Files by name; a name that ends in * begins like this.
  files: {
    'newrelic.profiler.dll': newRelic,
    'appdynamics.agentprofiler.win64.dll': appDynamics,
    'oneagentloader.dll': owner('Dynatrace', 'Dynatrace OneAgent'),
    'oneagentdotnet.dll': owner('Dynatrace', 'Dynatrace OneAgent'),
    'dtagent.dll': owner('Dynatrace', 'Dynatrace AppMon'),
    'datadog.trace.clrprofiler.native.dll': owner('Datadog', 'Datadog .NET tracer', 'high'),
    'microsoftinstrumentationengine_x64.dll': owner('Microsoft', 'Application Insights instrumentation engine'),
    'inprocessclient64.dll': sentinelOne,
    'minprocessclient64.dll': sentinelOne,
    'idrapimon64.dll': sentinelOne,
    'ctiuser.dll': security('VMware', 'Carbon Black'),
    'cymemdef64.dll': security('BlackBerry', 'Cylance'),
    'sysfer.dll': security('Broadcom', 'Symantec Endpoint Protection'),
    'prntm64.dll': security('Broadcom', 'Symantec Data Loss Prevention'),
    'aswhook.dll': avast,
    'hmpalert.dll': sophos,
    'sophos_detoured_x64.dll': sophos,
    'atcuf64.dll': bitdefender,
    'bdhkm64.dll': bitdefender,
    'tmmon64.dll': trend,
    'tmumevt64.dll': trend,
    'tmamsiprovider64.dll': trend,
    'pghook.dll': security('BeyondTrust', 'Privilege Management'),
    'ctxdodhook64.dll': citrix,
    'epclient64.dll': citrix,
    'ctxapclient64.dll': citrix,
    'vsocklib.dll': owner('VMware', 'VMware Tools', 'unverified'),
    'mdnsnsp.dll': owner('Apple', 'Bonjour', 'unverified'),
  },
  file_prefixes: {
    umppc: crowdStrike,
  },

  // AMSI providers by CLSID.
  amsi: {
    '{2781761e-28e0-4109-99fe-b9d127c57afe}': security('Microsoft', 'Microsoft Defender Antivirus', 'unverified'),
    '{fb904e4e-d2c7-4c8d-8492-b620bb9896b1}': avast,
    '{00000001-3dcc-4b48-a82e-e2071fe58e05}': security('Avira', 'Avira Antivirus'),
  },

  // File system filters by service.
  filters: {
    csagent: security('CrowdStrike', 'CrowdStrike Falcon', 'unverified'),
    sentinelmonitor: security('SentinelOne', 'SentinelOne', 'unverified'),
    carbonblackk: security('VMware', 'Carbon Black', 'unverified'),
    symefasi: security('Broadcom', 'Symantec Endpoint Protection', 'unverified'),
    savonaccess: security('Sophos', 'Sophos Intercept X', 'unverified'),
    hmpalert: security('Sophos', 'Sophos Intercept X', 'unverified'),
    tmpreflt: security('Trend Micro', 'Trend Micro Apex One', 'unverified'),
    eamonm: security('ESET', 'ESET Endpoint Security', 'unverified'),
    mfehidk: security('Trellix', 'Trellix Endpoint Security', 'unverified'),
    klif: security('Kaspersky', 'Kaspersky Endpoint Security', 'unverified'),
  },

  // Transport agents by their name in lower case. What begins like one is another agent of the same product. A name
  // nobody checked is "unverified".
  agents: {
    smsmseroutingagent: security('Broadcom', 'Symantec Mail Security for Exchange', 'high'),
    smsmsesmtpagent: security('Broadcom', 'Symantec Mail Security for Exchange', 'high'),
    'scanmail routing agent': security('Trend Micro', 'Trend Micro ScanMail', 'high'),
    'scanmail smtp receive agent': security('Trend Micro', 'Trend Micro ScanMail', 'unverified'),
    'metadefender email security smtp agent': security('OPSWAT', 'MetaDefender Email Security'),
    'metadefender email security routing agent': security('OPSWAT', 'MetaDefender Email Security'),
    mcafeetxagent: mcAfee,
    mcafeetxroutingagent: mcAfee,
    'exchange dkimsigner': owner('Exchange DkimSigner project', 'Exchange DkimSigner', 'unverified'),
  },
  agent_prefixes: {
    'bitdefender ': security('Bitdefender', 'Bitdefender Security for Exchange', 'unverified'),
    'codetwo exchange rules': owner('CodeTwo', 'CodeTwo Exchange Rules', 'unverified'),
    'dynasend ': owner('DynaSend', 'DynaSend', 'low'),
    'eset ': security('ESET', 'ESET Mail Security', 'unverified'),
    'exclaimer ': owner('Exclaimer', 'Exclaimer', 'unverified'),
    'kaspersky ': security('Kaspersky', 'Kaspersky Security for Exchange', 'low'),
    'mcafee ': mcAfee { confidence: 'unverified' },
    'qss ': owner('QSS Software', 'QSS agents', 'low'),
    'sender score': owner('QSS Software', 'QSS agents', 'low'),
    'sophos ': security('Sophos', 'Sophos PureMessage', 'unverified'),
    'symprex ': owner('Symprex', 'Symprex Email Signature Manager', 'low'),
  },

  // Attack tools by names in lower case: a hint beside what a file or an agent does, never a reason. "assemblies" are
  // simple names of .NET assemblies, "names" file names or names of agents.
  attack_tools: {
    assemblies: { extendercontroldesigner: owner('', 'Owowa', 'high') },
    names: {
      [name]: owner('', 'BadIIS or IIS-Raid', 'high')
      for name in [
        'authmd4.dll',
        'cachport.dll',
        'httpapxd.dll',
        'iis-raid-backdoor.dll',
        'iis-trojan.dll',
        'iiscom.dll',
        'iisddos.dll',
        'iismodule.dll',
        'iisnet4.dll',
        'iisred.dll',
        'iissup.dll',
        'microsoft.exchange.clients.owaauth.dll',
        'svcfilter.dll',
      ]
    } + {
      'httpparser.dll': owner('', 'RGDoor', 'unverified'),
      'microsoft.exchange.security.interop.dll': owner('', 'LightNeuron', 'high'),
      'security interop agent': owner('', 'LightNeuron', 'high'),
      'exdbdata.dll': owner('', 'LightNeuron', 'unverified'),
    },
  },
}
