package exvet.iis

import data.exvet.known
import data.exvet.path

# METADATA
# description: |
#   foreign_global_modules holds the native modules whose image neither Exchange setup nor Windows installs, by
#   folder and file: a name proves nothing. Nothing can be compared where Exchange's folder is not known.
foreign_global_modules contains module if {
	path.exchange_root
	some module in input.facts.iis.global_modules
	image := path.token(module.image_key)
	not known.baseline.global_images[path.base(image)]
	not known.baseline.global_modules[module.key]
	not known.optional.global_modules[module.key][image]
	not known.optional.review_global_modules[module.key][image]
}

# METADATA
# scope: document
# description: |
#   masquerading_global_modules tells, of native modules that pass for what setup installs, where the real one
#   is: a known name with another image, or a known file name in another folder.
masquerading_global_modules contains [module, real] if {
	path.exchange_root
	some module in input.facts.iis.global_modules
	real := known.baseline.global_modules[module.key]
	path.token(module.image_key) != real
}

masquerading_global_modules contains [module, real] if {
	path.exchange_root
	some module in input.facts.iis.global_modules
	not known.baseline.global_modules[module.key]
	image := path.token(module.image_key)
	images := known.baseline.global_images[path.base(image)]
	not images[image]
	real := concat(" or ", sort(object.keys(images)))
}
