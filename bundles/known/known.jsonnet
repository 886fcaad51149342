// What Exchange setup and Windows install, as tables for look-up: policies/exvet/known/data.json.
//
// Exchange 2016 CU22 and 2019 CU10 and CU12 were measured on lab servers and are the same here. For 2013, SE
// and an unknown product the same tables are used, which is an inference and is said to be one.
local assemblies = import 'assemblies.libsonnet';
local binaries = import 'binaries.libsonnet';
local builds = import 'builds.libsonnet';
local events = import 'events.libsonnet';
local expected = import 'expected.libsonnet';
local features = import 'features.libsonnet';
local iis = import 'iis.libsonnet';
local optional = import 'optional.libsonnet';
local rewrite = import 'rewrite.libsonnet';
local services = import 'services.libsonnet';
local settings = import 'settings.libsonnet';

local list = import 'baseline/builds.json';

local product(label, confidence, apps={}) = { label: label, confidence: confidence, apps: apps };

{
  products: {
    '': product('', 'inferred'),
    '2013': product('Exchange Server 2013', 'inferred', iis.reportingWebService),
    '2016': product('Exchange Server 2016', 'lab'),
    '2019': product('Exchange Server 2019', 'lab'),
    SE: product('Exchange Server SE', 'inferred'),
  },
  builds: builds.labels(list),
  newest: builds.newest(list),
  overlays: features.since(list),
  baseline: iis.tables(import 'baseline/iis-2016.json') + expected.tables(import 'baseline/iis-2016.json'),
  expected: { access: expected.access, clr_configs: expected.clr_configs, modules_since: expected.modules_since },
  optional: optional,
  rewrite: rewrite,
  types: import 'types.libsonnet',
  settings: settings,
  assemblies: assemblies.exchange(import 'baseline/exchange-assemblies.json'),
  framework_tokens: assemblies.framework_tokens,
  events: {
    namespaces: events.namespaces(import 'baseline/exchange-assemblies.json'),
    images: events.images($.baseline, optional),
    agents: events.agents,
  },
  services: services.tables(import 'baseline/services.json', import 'baseline/services_lab_dependencies.json'),
  shipped: binaries.shipped,
  denied_certificates: binaries.denied,
  windows: import 'windows.libsonnet',
  fingerprints: import 'products.libsonnet',
}
