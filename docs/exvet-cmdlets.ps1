# Writes what Exchange's own read-only cmdlets say to JSON files, one a cmdlet, for exvet to read. It changes nothing in
# Exchange. Run it in the Exchange Management Shell of the server under review:
#
#   .\exvet-cmdlets.ps1                        # to %ProgramData%\exvet\cmdlets, where a scan of this server finds it
#   .\exvet-cmdlets.ps1 -Folder D:\exvet\cmdlets
#
# Beside a copied disk the files belong into exvet\cmdlets. No password, key or message text is among what is written.
param([string] $Folder = "$env:ProgramData\exvet\cmdlets")

$server = $env:COMPUTERNAME
$cmdlets = @(
  @{ Name = 'Get-TransportAgent'; Take = 'Identity', 'Enabled', 'Priority', 'TransportAgentFactory', 'AssemblyPath' }
  @{ Name = 'Get-ManagementRoleAssignment'; With = @{ Role = 'ApplicationImpersonation' }; Take = 'Name', 'Role', 'RoleAssigneeName', 'RoleAssigneeType', 'RoleAssignmentDelegationType', 'CustomRecipientWriteScope', 'RecipientWriteScope', 'Enabled' }
  @{ Name = 'Get-SendConnector'; Take = 'Name', 'Enabled', 'AddressSpaces', 'SmartHosts' }
  @{ Name = 'Get-ReceiveConnector'; With = @{ Server = $server }; Take = 'Name', 'Server', 'Enabled', 'RemoteIPRanges' }
  @{ Name = 'Get-DeliveryAgentConnector'; Take = 'Name', 'Enabled', 'DeliveryProtocol', 'AddressSpaces' }
  @{ Name = 'Get-ForeignConnector'; Take = 'Name', 'Enabled', 'DropDirectory', 'AddressSpaces' }
  @{ Name = 'Get-TransportService'; With = @{ Identity = $server }; Take = 'Name', 'PickupDirectoryPath', 'ReplayDirectoryPath' }
  @{ Name = 'Get-JournalRule'; Take = 'Name', 'Enabled', 'JournalEmailAddress', 'Scope' }
  @{ Name = 'Get-TransportRule'; Take = 'Name', 'State', 'Priority' }
  @{ Name = 'Get-App'; With = @{ OrganizationApp = $true }; Take = 'DisplayName', 'AppId', 'ProviderName', 'AppVersion', 'Type', 'Enabled' }
  @{ Name = 'Get-CmdletExtensionAgent'; Take = 'Name', 'Enabled', 'IsSystem', 'ClassFactory', 'Assembly' }
  @{ Name = 'Get-OwaVirtualDirectory'; With = @{ Server = $server; ADPropertiesOnly = $true }; Take = 'Name', 'Server', 'InternalUrl', 'ExternalUrl', 'BasicAuthentication', 'AdfsAuthentication', 'OAuthAuthentication' }
  @{ Name = 'Get-EcpVirtualDirectory'; With = @{ Server = $server; ADPropertiesOnly = $true }; Take = 'Name', 'Server', 'InternalUrl', 'ExternalUrl', 'BasicAuthentication', 'AdfsAuthentication' }
  @{ Name = 'Get-OabVirtualDirectory'; With = @{ Server = $server; ADPropertiesOnly = $true }; Take = 'Name', 'Server', 'InternalUrl', 'ExternalUrl', 'BasicAuthentication', 'OAuthAuthentication' }
  @{ Name = 'Get-WebServicesVirtualDirectory'; With = @{ Server = $server; ADPropertiesOnly = $true }; Take = 'Name', 'Server', 'InternalUrl', 'ExternalUrl', 'BasicAuthentication', 'OAuthAuthentication', 'CertificateAuthentication' }
  @{ Name = 'Get-ActiveSyncVirtualDirectory'; With = @{ Server = $server; ADPropertiesOnly = $true }; Take = 'Name', 'Server', 'InternalUrl', 'ExternalUrl', 'BasicAuthEnabled' }
  @{ Name = 'Get-OutlookAnywhere'; With = @{ Server = $server; ADPropertiesOnly = $true }; Take = 'Name', 'Server', 'InternalHostname', 'ExternalHostname' }
  @{ Name = 'Get-DatabaseAvailabilityGroup'; Take = 'Name', 'ThirdPartyReplication' }
  @{ Name = 'Get-SettingOverride'; Take = 'Name', 'ComponentName', 'SectionName', 'Server', 'Parameters' }
  @{ Name = 'Get-HybridConfiguration'; Take = 'Name', 'Features' }
)

New-Item -ItemType Directory -Force -Path $Folder | Out-Null
foreach ($cmdlet in $cmdlets) {
  if (-not (Get-Command $cmdlet.Name -ErrorAction SilentlyContinue)) {
    Write-Warning "$($cmdlet.Name) is not here: its facts stay unknown" # an Edge server and some roles have fewer
    continue
  }
  $with = @{}
  if ($cmdlet.With) { $with = $cmdlet.With }
  $take = foreach ($name in $cmdlet.Take) {
    @{ n = $name; e = [scriptblock]::Create("@(`$_.'$name' | ForEach-Object { [string] `$_ })") }
  }
  try {
    $answer = @(& $cmdlet.Name @with -ErrorAction Stop | Select-Object $take)
    $text = ConvertTo-Json -InputObject $answer -Depth 3
    [IO.File]::WriteAllText((Join-Path $Folder "$($cmdlet.Name).json"), $text)
  } catch {
    Write-Warning "$($cmdlet.Name): $_" # no file is written: its facts stay unknown
  }
}
