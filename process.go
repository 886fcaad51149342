package exvet

import "time"

// A Process is one process that ran when the server was looked at. Its JSON form is that of exvet/processes.json: an
// array of these objects, in any order, where every field but pid and name may be left out.
//
// What could not be told is empty, and Unreadable says why.
type Process struct {
	PID         int       `json:"pid"`
	Parent      int       `json:"parent"` // PID of what started it, which may have ended and its number been given to another
	Session     int       `json:"session"`
	Name        string    `json:"name"`         // file name of its program: "w3wp.exe"
	Image       string    `json:"image"`        // path of its program: `C:\Windows\System32\inetsrv\w3wp.exe`
	CommandLine string    `json:"command_line"` // as it was started
	User        string    `json:"user"`         // SID of its token: "S-1-5-18"
	Account     string    `json:"account"`      // name of User, in the server's language
	Started     time.Time `json:"started"`      // UTC; the zero time is not known
	Services    []string  `json:"services"`     // that run in it, by name
	Pool        string    `json:"pool"`         // application pool it is a worker of, where the server's list of workers says so
	Modules     []Module  `json:"modules"`      // loaded; null is not known
	Unreadable  string    `json:"unreadable"`   // why some of this is not known, or ""
}

// A Module is one file loaded into a Process.
type Module struct {
	Path string `json:"path"` // where the file lies, junctions and 8.3 names resolved where the server says so
}
