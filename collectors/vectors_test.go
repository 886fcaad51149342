package collectors

import (
	"bytes"

	"github.com/exvet/exvet/internal/regfile/regtest"
)

type expand = regtest.Expand

// vectors is a server with one case of every way in that the registry shows.
func vectors() madeServer {
	services := tree{}
	service := func(name string, v values) { services[`ControlSet001\Services\`+name] = v }
	service(`MSExchangeTransport`, values{
		"Type": uint32(0x10), "Start": uint32(2), "ObjectName": `NT AUTHORITY\NetworkService`, "DisplayName": "Microsoft Exchange Transport",
		"ImagePath": expand(`"%ExchangeInstallPath%Bin\MSExchangeTransport.exe"`), "DependOnService": []string{"MSExchangeADTopology", "AcmeFilter"},
		"Environment": []string{"COR_ENABLE_PROFILING=1", "COR_PROFILER=Acme.Agent", "ACME_API_KEY=hunter2"},
	})
	service(`MSExchangeOWA`, values{
		"Type": uint32(0x10), "Start": uint32(2), "DelayedAutostart": uint32(1), "ObjectName": `CONTOSO\svc-sso`,
		"ImagePath": `D:\Exchange Server\Bin\owa.exe -password hunter2`, "FailureCommand": `C:\Tools\restart.cmd now`, "FailureActions": []byte{1},
	})
	service(`MSExchangeGMSA`, values{"Type": uint32(0x10), "Start": uint32(3), "ObjectName": `CONTOSO\gmsa-ex$`, "ImagePath": `D:\Exchange\Bin\g.exe`})
	service(`MSExchangeImap4`, values{"Type": uint32(0x10), "Start": uint32(4), "ObjectName": `NT-AUTORITÄT\Netzwerkdienst`, "ImagePath": `"D:\Exchange\Bin\imap.exe"`})
	service(`AcmeFilter`, values{"Type": uint32(2), "Start": uint32(1), "ImagePath": expand(`system32\DRIVERS\acme.sys`), "Group": "FSFilter Anti-Virus"})
	service(`AcmeFilter\Instances`, values{"DefaultInstance": "Acme"})
	service(`AcmeFilter\Instances\Acme`, values{"Altitude": "328010", "Flags": uint32(0)})
	service(`AcmeKernel`, values{"Type": uint32(1), "Start": uint32(0)})
	service(`Shared`, values{"Type": uint32(0x20), "Start": uint32(2), "ImagePath": expand(`%SystemRoot%\system32\svchost.exe -k Shared`)})
	service(`Shared\Parameters`, values{"ServiceDll": expand(`%SystemRoot%\System32\shared.dll`)})
	service(`AcmeSSO\NetworkProvider`, values{"Name": "Acme SSO", "ProviderPath": expand(`%SystemRoot%\System32\acmenp.dll`)})
	service(`Idle\NetworkProvider`, values{"ProviderPath": `C:\Idle\np.dll`})
	winsock := `ControlSet001\Services\WinSock2\Parameters\`
	packed := append([]byte(`%SystemRoot%\system32\acmelsp.dll`), make([]byte, 860)...)
	services[winsock+`Protocol_Catalog9\Catalog_Entries64\000000000001`] = values{"PackedCatalogItem": packed}
	services[winsock+`NameSpace_Catalog5\Catalog_Entries\000000000001`] = values{"LibraryPath": "acmens.dll", "DisplayString": "Acme names"}
	services[winsock+`AppId_Catalog\0A1B2C3D`] = values{"AppFullPath": `C:\Acme\app.exe`}
	system := tree{
		"Select": {"Current": uint32(1)},
		`ControlSet001\Control\ComputerName\ComputerName`: {"ComputerName": "EX01"},
		`ControlSet001\Control\Session Manager`:           {"SafeDllSearchMode": uint32(0), "ExcludeFromKnownDlls": []string{"version.dll"}},
		`ControlSet001\Control\Session Manager\Environment`: {
			"ExchangeInstallPath": `D:\Exchange\`, "COR_ENABLE_PROFILING": "0", "COR_PROFILER": "{0A1B2C3D-0000-0000-0000-000000000001}",
			"ACME_TOKEN": "hunter2", "windir": expand("%SystemRoot%"),
		},
		`ControlSet001\Control\Session Manager\AppCertDlls`: {"Acme": `C:\Acme\cert.dll`},
		`ControlSet001\Control\Session Manager\KnownDLLs`:   {"kernel32": "kernel32.dll", "DllDirectory": expand(`%SystemRoot%\system32`)},
		`ControlSet001\Control\SecureBoot\State`:            {"UEFISecureBootEnabled": uint32(1)},
		`ControlSet001\Control\Lsa`: {
			"Security Packages": []string{`""`}, "Authentication Packages": []string{"msv1_0"}, "Notification Packages": []string{"scecli", "acmefilter"},
			"RunAsPPL": uint32(1),
		},
		`ControlSet001\Control\Lsa\OSConfig`:                                         {"Security Packages": []string{"kerberos"}},
		`ControlSet001\Control\LsaExtensionConfig\LsaSrv`:                            {"Extensions": []string{"lsasrvext.dll"}},
		`ControlSet001\Control\NetworkProvider\Order`:                                {"ProviderOrder": "RDPNP,AcmeSSO"},
		`ControlSet001\Control\Print\Monitors\Acme Monitor`:                          {"Driver": "acmemon.dll"},
		`ControlSet001\Control\Print\Environments\Windows x64\Print Processors\acme`: {"Driver": "acmeproc.dll"},
		`ControlSet001\Control\Print\Providers\Acme`:                                 {"Name": "acmeprov.dll"},
	}
	for path, v := range services {
		system[path] = v
	}
	account := func(more tree) tree {
		if more == nil {
			more = tree{}
		}
		if more["Environment"] == nil {
			more["Environment"] = values{"TEMP": expand(`%USERPROFILE%\Temp`)}
		}
		return more
	}
	return madeServer{
		`HKLM\SYSTEM`:   system,
		`HKLM\SOFTWARE`: software(),
		`HKU\S-1-5-18`: account(tree{
			`Software\Classes\CLSID\{0A1B2C3D-0000-0000-0000-000000000009}\InprocServer32`: {"": `C:\Acme\hijack.dll`, "ThreadingModel": "Both"},
			`Software\Classes\CLSID\{0A1B2C3D-0000-0000-0000-000000000008}\TreatAs`:        {"": "{0A1B2C3D-0000-0000-0000-000000000009}"},
		}),
		`HKU\S-1-5-19`:            account(nil),
		`HKU\S-1-5-20`:            account(tree{"Environment": {"COR_PROFILER_PATH": `C:\Acme\profiler.dll`}}),
		`HKU\S-1-5-21-1-2-3-1104`: account(tree{"Environment": {"COMPLUS_Version": "v2.0.50727"}}),
	}
}

func software() tree {
	const nt, wow = `Microsoft\Windows NT\CurrentVersion\`, `Wow6432Node\Microsoft\Windows NT\CurrentVersion\`
	const class = `Classes\CLSID\{0A1B2C3D-0000-0000-0000-00000000000`
	return tree{
		nt + "Windows":  {"AppInit_DLLs": `C:\Acme\a.dll,PROGRA~1\b.dll`, "LoadAppInit_DLLs": uint32(1), "RequireSignedAppInit_DLLs": uint32(0)},
		wow + "Windows": {"AppInit_DLLs": `a32.dll`, "LoadAppInit_DLLs": uint32(0)},
		nt + `Image File Execution Options\w3wp.exe`: {
			"Debugger": `"C:\Acme\dbg.exe" -p`, "GlobalFlag": "0x00000100", "VerifierDlls": "acmever.dll vrfcore.dll", "UseFilter": uint32(1),
		},
		nt + `Image File Execution Options\w3wp.exe\0`:        {"FilterFullPath": `C:\Windows\System32\inetsrv\w3wp.exe`, "Debugger": "acme.exe"},
		nt + `Image File Execution Options\EdgeTransport.exe`: {"MitigationOptions": uint64(256)},
		wow + `Image File Execution Options\w3wp.exe`:         {"Debugger": `C:\Acme\dbg32.exe`},
		nt + `SilentProcessExit\w3wp.exe`:                     {"ReportingMode": uint32(1), "MonitorProcess": `C:\Acme\watch.exe -x`},
		nt + `AppCompatFlags\InstalledSDB\{0A1B2C3D-0000-0000-0000-000000000003}`: {
			"DatabasePath": `C:\Windows\AppPatch\Custom\acme.sdb`, "DatabaseDescription": "Acme",
		},
		nt + `AppCompatFlags\Custom\w3wp.exe`: {"{0A1B2C3D-0000-0000-0000-000000000003}.sdb": uint64(1)},
		nt + `AeDebug`:                        {"Debugger": `"C:\Tools\procdump.exe" -accepteula -j "C:\dumps" %ld %ld %p`, "Auto": "1"},
		`Microsoft\Windows\Windows Error Reporting\LocalDumps\w3wp.exe`:                                               {"DumpFolder": `C:\dumps`},
		`Microsoft\Windows\Windows Error Reporting\RuntimeExceptionHelperModules`:                                     {`C:\Acme\wer.dll`: uint32(0)},
		nt + `ProfileList\S-1-5-21-1-2-3-1104`:                                                                        {"ProfileImagePath": expand(`%SystemDrive%\Users\svc-sso`)},
		nt + `ProfileList\S-1-5-21-1-2-3-500`:                                                                         {"ProfileImagePath": `C:\Users\Administrator`},
		`Microsoft\Windows\CurrentVersion\Authentication\Credential Providers\{0A1B2C3D-0000-0000-0000-000000000004}`: {"": "Acme MFA"},
		class + `4}\InprocServer32`:                                                                                   {"": `C:\Acme\mfa.dll`},
		class + `1}\InprocServer32`:                                                                                   {"": `C:\Acme\prof64.dll`},
		`Classes\Wow6432Node\CLSID\{0A1B2C3D-0000-0000-0000-000000000001}\InprocServer32`:                             {"": `C:\Acme\prof32.dll`},
		`Classes\Acme.Agent\CLSID`:                                                                                    {"": "{0A1B2C3D-0000-0000-0000-000000000001}"},
		class + `9}\InprocServer32`:                                                                                   {"": expand(`%SystemRoot%\System32\real.dll`)},
		`Microsoft\AMSI`:                                                                                              {"FeatureBits": uint32(1)},
		`Microsoft\AMSI\Providers\{0A1B2C3D-0000-0000-0000-000000000005}`:                                             {},
		`Microsoft\AMSI\Providers\{0A1B2C3D-0000-0000-0000-000000000006}`:                                             {},
		class + `5}`:                {"": "Acme AMSI"},
		class + `5}\InprocServer32`: {"": `"C:\Acme\amsi.dll"`},
		`Microsoft\ExchangeServer\v15\Setup`: {
			"MsiInstallPath": `D:\Exchange\`, "MsiProductMajor": uint32(15), "MsiProductMinor": uint32(2), "MsiBuildMajor": uint32(1118), "MsiBuildMinor": uint32(7),
		},
		`Microsoft\ExchangeServer\v15\MailboxRole`:       {"ConfiguredVersion": "15.2.1118.7"},
		`Microsoft\ExchangeServer\v15\ClientAccessRole`:  {"ConfiguredVersion": "15.2.1118.7"},
		`Microsoft\ExchangeServer\v15\CafeRole`:          {"ConfiguredVersion": "15.2.1118.7"},
		`Microsoft\ExchangeServer\v15\EdgeTransportRole`: {"UnpackedVersion": "15.2.1118.7"},
		`Padding`: {"large": bytes.Repeat([]byte{1}, 20_000)},
	}
}
