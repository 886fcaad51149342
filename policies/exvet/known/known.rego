# METADATA
# description: |
#   What Exchange setup, IIS and the .NET Framework install, as tables for look-up. The tables themselves are
#   data, rendered from bundles/known; these words choose among them by the server's product.
package exvet.known

# METADATA
# description: edition is what is known of the server's Exchange version, of an unknown one where it is not.
edition := object.get(data.exvet.known.products, input.server.product, data.exvet.known.products[""])

# METADATA
# description: |
#   label names the product with its update where the build is known: "Exchange Server 2019 CU12". It is ""
#   when not even the product is.
label := object.get(data.exvet.known.builds, [input.server.build, "label"], edition.label)

# METADATA
# description: inferred holds when the tables were not measured on this version of Exchange.
inferred if edition.confidence == "inferred"

# METADATA
# description: |
#   apps tells, by "kind|path" of an application ("front_end|/owa"), the pool and the folder setup gives it.
apps := object.union(data.exvet.known.baseline.apps, edition.apps)

# METADATA
# description: managed_modules holds the keys (type_key) of every module type Microsoft registers.
managed_modules := object.union(data.exvet.known.baseline.modules, data.exvet.known.optional.modules)

# METADATA
# description: managed_handlers holds the keys (type_key) of every handler type Microsoft registers.
managed_handlers := object.union(data.exvet.known.baseline.handlers, data.exvet.known.optional.handlers)

# METADATA
# description: script_processors holds the tokenised paths of the ISAPI extensions Microsoft's handlers run.
script_processors := object.union(data.exvet.known.baseline.processors, data.exvet.known.optional.processors)

# METADATA
# description: |
#   type_key is the form in which .NET types are compared: class, assembly and public key token, whatever the
#   version and the spelling. A class without an assembly is a key of its own, as it is another type.
type_key(entry) := concat("|", [entry.class, entry.assembly, entry.token])
