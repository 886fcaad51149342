package collectors

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/exvet/exvet"
)

const agentsConfig = `<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <mexRuntime>
    <monitoring><agentExecution timeoutInMilliseconds="90000" /></monitoring>
    <agentList>
      <agent name="Transport Rule Agent" baseType="Microsoft.Exchange.Data.Transport.Routing.RoutingAgent" classFactory="Microsoft.X" assemblyPath="%ExchangeInstallPath%TransportRoles\agents\Rule\X.dll" enabled="true" />
      <agent name="Acme Agent" baseType="Microsoft.Exchange.Data.Transport.Smtp.SmtpReceiveAgent" classFactory="Acme.Factory" assemblyPath="D:/Acme/Agent.dll" enabled="FALSE" />
    </agentList>
  </mexRuntime>
</configuration>`

// exchangeAt is the registry of a server with Exchange at D:\Exchange, with other files beside it.
func exchangeAt(more map[string]string) map[string][]byte {
	files := vectors().exports()
	files["D/Exchange/readme.txt"] = nil
	for name, text := range more {
		files[name] = []byte(text)
	}
	return files
}

func TestTransport(t *testing.T) {
	const shared = "D/Exchange/TransportRoles/Shared/"
	snapshot := look(t, exchangeAt(map[string]string{
		shared + "agents.config":                                        agentsConfig,
		shared + "fetagents.config":                                     "<configuration><mexRuntime><agentList/></mexRuntime></configuration>",
		shared + "other-agents.config":                                  strings.ReplaceAll(agentsConfig, "Acme Agent", "Other"),
		"D/Acme/other.dll":                                              "",
		"D/Exchange/TransportRoles/Pickup/mail.eml":                     "x",
		"D/Exchange/TransportRoles/Replay/a/b.txt":                      "",
		"D/Exchange/Bin/MSExchangeTransport.exe":                        "",
		"D/Exchange/Bin/EdgeTransport.exe.config":                       `<configuration><startup useLegacyV2RuntimeActivationPolicy="True"><supportedRuntime version="v2.0.50727"/></startup><runtime><appDomainManagerType value="Acme.M"/><assemblyBinding><dependentAssembly><codeBase href="file:///D:/Acme/x.dll"/></dependentAssembly></assemblyBinding></runtime></configuration>`,
		"D/Exchange/Bin/CmdletExtensionAgents/ScriptingAgentConfig.xml": `<Configuration version="1.0"><Feature Name="Mail" Cmdlets="New-Mailbox"><ApiCall Name="OnComplete">$password = 'hunter2'</ApiCall></Feature></Configuration>`,
	}))
	if got := snapshot.Collected["transport"]; got.Status != exvet.Complete {
		t.Fatalf("got %s %v", got.Status, got.Missing)
	}
	facts := snapshot.Facts["transport"].(*Transport)
	got := []string{}
	for _, agent := range facts.Agents {
		got = append(got, fmt.Sprint(agent.Service, " ", agent.Priority, " ", agent.Key, " ", agent.AssemblyKey, " ", agent.AssemblyFile, " ", agent.Enabled, " ", agent.Line))
	}
	want := []string{
		`other-agents 1 transport rule agent d:\exchange\transportroles\agents\rule\x.dll missing true 6`,
		`other-agents 2 other d:\acme\agent.dll missing false 7`,
		`transport 1 transport rule agent d:\exchange\transportroles\agents\rule\x.dll missing true 6`,
		`transport 2 acme agent d:\acme\agent.dll missing false 7`,
	}
	// TransportRoles holds only folders: whether agents\Rule was copied is not known.
	for i := range want {
		want[i] = strings.Replace(want[i], `x.dll missing`, `x.dll unknown`, 1)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(facts.Folders) != 2 || facts.Folders[0].Files != 1 || facts.Folders[1].Files != 0 || facts.Folders[0].Newest == "" {
		t.Errorf("got %+v", facts.Folders)
	}
	settings := []string{}
	for _, setting := range facts.Settings {
		settings = append(settings, setting.Name+" "+setting.Value)
	}
	if want := []string{"use_legacy_v2_runtime true", "supported_runtime v2.0.50727", "app_domain_manager appDomainManagerType=Acme.M", "code_base file:///D:/Acme/x.dll"}; !reflect.DeepEqual(settings, want) {
		t.Errorf("got %q", settings)
	}
	if got := facts.Settings[len(facts.Settings)-1].Key; got != `d:\acme` {
		t.Errorf("got %q", got)
	}
	if len(facts.ExtensionScripts) != 1 || facts.ExtensionScripts[0].Size == 0 || strings.Contains(fmt.Sprint(facts), "hunter2") {
		t.Errorf("got %+v", facts.ExtensionScripts)
	}
}

func TestTransportGaps(t *testing.T) {
	const shared = "D/Exchange/TransportRoles/Shared/"
	whole := map[string]string{
		shared + "agents.config": agentsConfig, shared + "fetagents.config": agentsConfig, "D/Exchange/Bin/EdgeTransport.exe.config": "<configuration/>",
		"D/Exchange/Bin/x.txt": "", "D/Exchange/TransportRoles/x.txt": "",
	}
	with := func(name, text string) map[string]string {
		files := map[string]string{}
		for key, value := range whole {
			files[key] = value
		}
		files[name] = text
		return files
	}
	without := func(name string) map[string]string {
		files := with(name, "")
		delete(files, name)
		return files
	}
	tests := []struct {
		name   string
		files  map[string]string
		status exvet.SectionStatus
		fact   string
		scope  string
		reason string
		line   int
	}{
		{"whole", whole, exvet.Complete, "", "", "", 0},
		{"nothing of it", map[string]string{}, exvet.Absent, "transport", "", "copy TransportRoles", 0},
		{"no agents.config", without(shared + "agents.config"), exvet.Partial, "transport.agents", "transport", "not in the evidence", 0},
		{"no fetagents.config", without(shared + "fetagents.config"), exvet.Partial, "transport.agents", "front_end", "not in the evidence", 0},
		{"malformed", with(shared+"agents.config", "<configuration>\n<a></configuration>"), exvet.Partial, "transport.agents", "transport", "</a> expected for line 2", 2},
		{"entities", with(shared+"agents.config", "<!DOCTYPE x [<!ENTITY a 'b'>]><configuration/>"), exvet.Partial, "transport.agents", "transport", "document type", 1},
		{"another file", with(shared+"agents.config", "<a/>"), exvet.Partial, "transport.agents", "transport", "root element is <a>", 1},
		{"deep", with(shared+"agents.config", strings.Repeat("<configuration>", 9999)), exvet.Partial, "transport.agents", "transport", "128 elements nested", 1},
		{"no program's settings", without("D/Exchange/Bin/EdgeTransport.exe.config"), exvet.Partial, "transport.settings", "", "not in the evidence", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := look(t, exchangeAt(test.files)).Collected["transport"]
			if got.Status != test.status {
				t.Errorf("got %s %v, want %s", got.Status, got.Missing, test.status)
			}
			found := test.fact == ""
			for _, missing := range got.Missing {
				found = found || missing.Facts[0] == test.fact && missing.Scope == test.scope && strings.Contains(missing.Reason, test.reason) && missing.Line == test.line
			}
			if !found {
				t.Errorf("got %+v, want a gap of %s", got.Missing, test.fact)
			}
		})
	}
}

func TestCodeBaseFolder(t *testing.T) {
	for href, want := range map[string]string{
		`file:///D:\Acme\x.dll`:      `d:\acme`,
		`file://files/share/x.dll`:   `\\files\share`,
		`./Client/x.dll`:             `e:\exchange\bin\client`,
		`..\x.dll`:                   `e:\exchange`,
		`https://acme.example/x.dll`: `https:\acme.example`,
		`\\files\share\x.dll`:        `\\files\share`,
	} {
		if got := codeBaseFolder(`E:\Exchange\Bin`, href); got != want {
			t.Errorf("%s: got %s, want %s", href, got, want)
		}
	}
}

// An empty folder, or one of which something else was copied, does not say that a file is gone.
func TestPresence(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"there":                    {map[string]string{"D/Acme/Agent.dll": "x"}, "present"},
		"beside another library":   {map[string]string{"D/Acme/Other.dll": "x"}, "missing"},
		"beside its configuration": {map[string]string{"D/Acme/agent.dll.config": "x"}, "unknown"},
		"beside a readme":          {map[string]string{"D/Acme/readme.txt": "x"}, "unknown"},
		"empty folder":             {map[string]string{"D/Acme/below/x.txt": "x"}, "unknown"},
		"folder not copied":        {map[string]string{"D/Other/x.dll": "x"}, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := newLocator(newDisk(test.files)).presence(`d:\acme\agent.dll`); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
