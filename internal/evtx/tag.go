package evtx

// A tag is a name the reader looks for.
type tag uint8

const (
	other tag = iota
	tagEvent
	tagSystem
	tagEventData
	tagUserData
	tagProvider
	tagEventID
	tagLevel
	tagTime
	tagExecution
	tagChannel
	tagComputer
	tagSecurity
	tagData
	tagBinary
	tagName
	tagSource
	tagSystemTime
	tagProcessID
	tagUserID
)

func tagOf(name string) tag {
	switch name {
	case "Event":
		return tagEvent
	case "System":
		return tagSystem
	case "EventData":
		return tagEventData
	case "UserData":
		return tagUserData
	case "Provider":
		return tagProvider
	case "EventID":
		return tagEventID
	case "Level":
		return tagLevel
	case "TimeCreated":
		return tagTime
	case "Execution":
		return tagExecution
	case "Channel":
		return tagChannel
	case "Computer":
		return tagComputer
	case "Security":
		return tagSecurity
	case "Data":
		return tagData
	case "Binary":
		return tagBinary
	case "Name":
		return tagName
	case "EventSourceName":
		return tagSource
	case "SystemTime":
		return tagSystemTime
	case "ProcessID":
		return tagProcessID
	case "UserID":
		return tagUserID
	}
	return other
}
