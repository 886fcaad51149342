// The example organisation's rules for Mailbox servers: exvet bundle build bundles/recipes/example-mailbox.jsonnet. Raise
// the serial with each bundle you publish, as servers refuse one that is lower than the last.
local recipe = import 'recipe.libsonnet';

recipe.bundle(
  directory='../example',
  rules=['ACME-*'],
  serial=1,
  revision='example-mailbox',
)
