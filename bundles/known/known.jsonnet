// What Exchange setup and Windows install, as tables for look-up: policies/exvet/known/data.json.
//
// Exchange 2016 CU22 and 2019 CU10 and CU12 were measured on lab servers and are the same here. For 2013, SE
// and an unknown product the same tables are used, which is an inference and is said to be one.
local builds = import 'builds.libsonnet';
local iis = import 'iis.libsonnet';
local optional = import 'optional.libsonnet';
local rewrite = import 'rewrite.libsonnet';
local services = import 'services.libsonnet';

local product(label, confidence, apps={}) = { label: label, confidence: confidence, apps: apps };

{
  products: {
    '': product('', 'inferred'),
    '2013': product('Exchange Server 2013', 'inferred', iis.reportingWebService),
    '2016': product('Exchange Server 2016', 'lab'),
    '2019': product('Exchange Server 2019', 'lab'),
    SE: product('Exchange Server SE', 'inferred'),
  },
  builds: builds.labels(import 'baseline/builds.json'),
  baseline: iis.tables(import 'baseline/iis-2016.json'),
  optional: optional,
  rewrite: rewrite,
  services: services.tables(import 'baseline/services.json', import 'baseline/services_lab_dependencies.json'),
  windows: import 'windows.libsonnet',
  fingerprints: import 'products.libsonnet',
}
