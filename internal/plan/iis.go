package plan

import "strings"

// remover is how to take one entry of a collection of IIS out, or turn it off, where it is written.
type remover struct {
	place   string // "Default Web Site/owa"; "" for the server
	section string // "system.webServer/modules"
	name    string // value of the attribute name of the entry
	off     bool   // set enabled to false instead of removing it
	apphost bool   // it is written in applicationHost.config, which also holds what is for a place
	file    string // the web.config of a folder above the place it is inherited from, or ""
}

// entryOff takes an entry of IIS out where it is written, or turns it off.
func entryOff(f found, kind, place, name string) []string {
	r := remover{place: place, name: name, section: "system.webServer/" + kind + "s"}
	switch files := f.files(); {
	case kind == "filter" || len(files) > 0 && isAppHost(files[0]):
		r.apphost = true
	case len(files) > 0 && !isConfigOf(files[0], place):
		r.file = files[0]
	}
	switch kind {
	case "filter":
		r.section, r.off = "system.webServer/isapiFilters", true
	case "rewrite":
		r.off = true
		switch {
		case place == "":
			r.section = "system.webServer/rewrite/globalRules"
		case strings.Contains(strings.ToLower(f.result.Title), "outbound"):
			r.section = "system.webServer/rewrite/outboundRules"
		default:
			r.section = "system.webServer/rewrite/rules"
		}
	case "global-module":
		if plain(name) {
			return []string{appcmdRun("uninstall", "module", name)}
		}
		modules, images := r, r
		modules.section, images.section = "system.webServer/modules", "system.webServer/globalModules"
		return []string{modules.command(), images.command()}
	}
	return []string{r.command()}
}

func isAppHost(file string) bool {
	return strings.HasSuffix(strings.ToLower(file), `\inetsrv\config\applicationhost.config`)
}

// isConfigOf reports whether a web.config is the place's own, by the name of its folder, and not one that is inherited. The
// root of a site may lie in any folder.
func isConfigOf(file, place string) bool {
	at := strings.LastIndex(place, "/")
	folder := strings.ToLower(place[at+1:])
	return at < 0 || folder == "" || strings.HasSuffix(strings.ToLower(file), `\`+folder+`\web.config`)
}

// command writes what takes an entry out. appcmd has no way to write every name, so one it could misread is taken out by
// comparing whole values, through the library appcmd itself is made of. An entry that is inherited is taken out of the file
// that holds it: at the place itself IIS would write a file nobody saved.
func (r remover) command() string {
	switch {
	case r.file != "":
		return r.edit()
	case plain(r.name) && (r.place == "" || plain(r.place)):
		return r.appcmd()
	}
	open := "GetWebConfiguration(" + literal(r.site()) + ", " + literal(r.path()) + ").GetSection(" + literal(r.section) + ")"
	switch {
	case r.place == "":
		open = "GetApplicationHostConfiguration().GetSection(" + literal(r.section) + ")"
	case r.apphost:
		open = "GetApplicationHostConfiguration().GetSection(" + literal(r.section) + ", " + literal(strings.TrimSuffix(r.place, "/")) + ")"
	}
	change := "[void]$rows.Remove($row)"
	if r.off {
		change = "$row['enabled'] = $false"
	}
	return strings.Join([]string{
		`Add-Type -Path "$env:windir\System32\inetsrv\Microsoft.Web.Administration.dll"`,
		"$iis = New-Object Microsoft.Web.Administration.ServerManager",
		"$rows = $iis." + open + ".GetCollection()",
		"$row = $rows | Where-Object { $_['name'] -ceq " + literal(r.name) + " }",
		change,
		"$iis.CommitChanges()",
	}, "; ")
}

func (r remover) appcmd() string {
	arguments := []string{"set", "config"}
	if r.place != "" {
		arguments = append(arguments, r.place)
	}
	change := "/-[name='" + r.name + "']"
	if r.off {
		change = "/[name='" + r.name + "'].enabled:false"
	}
	arguments = append(arguments, "/section:"+r.section, change)
	if r.apphost {
		arguments = append(arguments, "/commit:apphost")
	}
	return appcmdRun(arguments...)
}

// edit changes the file itself and leaves the rest of it as it is.
func (r remover) edit() string {
	path := "//*"
	for part := range strings.SplitSeq(strings.TrimPrefix(r.section, "system.webServer/"), "/") {
		path += "/*[local-name()='" + part + "']"
	}
	change := "[void]$_.ParentNode.RemoveChild($_)"
	if r.off {
		change = "$_.SetAttribute('enabled', 'false')"
	}
	return strings.Join([]string{
		"$file = " + literal(r.file),
		"$xml = New-Object System.Xml.XmlDocument",
		"$xml.PreserveWhitespace = $true",
		"$xml.Load($file)",
		"@($xml.SelectNodes(" + literal(path+"/*[@name]") + ") | Where-Object { $_.GetAttribute('name') -ceq " + literal(r.name) + " }) | ForEach-Object { " + change + " }",
		"$xml.Save($file)",
	}, "; ")
}

// site and path take a place apart: "Default Web Site/owa" is site "Default Web Site" and path "/owa".
func (r remover) site() string {
	site, _, _ := strings.Cut(r.place, "/")
	return site
}

func (r remover) path() string {
	if _, path, found := strings.Cut(r.place, "/"); found {
		return "/" + path
	}
	return "/"
}
