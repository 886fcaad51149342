# METADATA
# description: |
#   The accounts services run as, by SID: their names are localised.
package exvet.account

# METADATA
# description: exchange holds the SIDs of the accounts Exchange runs as.
exchange := {"S-1-5-18", "S-1-5-20"}

_names := {"S-1-5-18": "LocalSystem", "S-1-5-19": "LocalService", "S-1-5-20": "NetworkService"}

# METADATA
# description: name writes a SID for people.
name(sid) := object.get(_names, sid, sid)

# METADATA
# description: written names the account of a service, as the server writes it or, where it does not, as it is.
written(service) := service.account if {
	service.account != ""
} else := name(service.sid)
