package exvet.iis

# METADATA
# description: runtime_files holds the files Exchange's pools take the settings of the .NET runtime from.
runtime_files contains config if {
	some config in input.facts.iis.clr_configs
	some pool in config.pools
	lower(pool) in pools
}
