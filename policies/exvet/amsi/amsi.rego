# METADATA
# description: Which provider of the antimalware scan interface is Defender, which comes with Windows.
package exvet.amsi

import data.exvet.known
import data.exvet.path

# METADATA
# description: defender is the class of Defender's provider, as a key.
defender := known.windows.amsi

# METADATA
# description: of_defender holds for a provider whose file lies in one of Defender's folders.
of_defender(row) if {
	some folder in [`programdata\microsoft\windows defender`, `program files\windows defender`]
	path.below(path.token(row.dll_key), concat("", [`{systemdrive}\`, folder]))
}
