#!/usr/bin/env bash
# Makes a Windows installer: msi.sh VERSION ARCH EXVET.EXE LICENSES.TXT OUT.MSI, with SOURCE_DATE_EPOCH set.
set -euo pipefail
full=$1 version=${1%%-*} arch=$2 program=$3 licences=$4 out=$5
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# guid NAME: the same id for the same name. Windows knows an installer by its product: each build is one of its own, so that it
# takes the place of any other, also of one with the same three numbers, such as a release candidate.
guid() {
  printf 'exvet %s' "$1" | sha256sum | tr a-f A-F |
    sed -E 's/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/{\1-\2-5\3-8\4-\5}/'
}

product="$full $arch $(sha256sum <"$program")"
cp "$program" "$work/exvet.exe"
cp "$licences" "$work/LICENSES.txt"
cp "$here/../../LICENSE" "$here/../../NOTICE" "$here/../../docs/agent.md" "$work/"
sed "s/@VERSION@/$version/; s/@PRODUCT@/$(guid "$product")/" "$here/exvet.wxs" >"$work/exvet.wxs"
find "$work" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +
cd "$work"
# The tools write the time they run at into what they make, and an id of chance.
at() { faketime -f "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%F %T')" "$@"; }
at wixl -a x64 -o exvet.msi exvet.wxs
upgrade=$(sed -n 's/.*UpgradeCode="\(.*\)".*/{\1}/p' exvet.wxs)
template=x64
[ "$arch" = amd64 ] || template=Arm64
# What wixl does not write: the installation folder in PATH, and that an upgrade also replaces the same version (512). The old one
# goes before the new one comes, so that its service does not hold the program.
at msibuild exvet.msi -q \
  "CREATE TABLE \`Environment\` (\`Environment\` CHAR(72) NOT NULL, \`Name\` CHAR(255) NOT NULL LOCALIZABLE, \`Value\` CHAR(255) LOCALIZABLE, \`Component_\` CHAR(72) NOT NULL PRIMARY KEY \`Environment\`)" \
  "INSERT INTO \`Environment\` (\`Environment\`, \`Name\`, \`Value\`, \`Component_\`) VALUES ('Path', '=-*PATH', '[~];[INSTALLDIR]', 'Program')" \
  "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('RemoveEnvironmentStrings', 3300)" \
  "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('WriteEnvironmentStrings', 5200)" \
  "UPDATE \`InstallExecuteSequence\` SET \`Sequence\` = 1550 WHERE \`Action\` = 'RemoveExistingProducts'" \
  "DELETE FROM \`Upgrade\` WHERE \`ActionProperty\` = 'WIX_UPGRADE_DETECTED'" \
  "INSERT INTO \`Upgrade\` (\`UpgradeCode\`, \`VersionMax\`, \`Attributes\`, \`ActionProperty\`) VALUES ('$upgrade', '$version', 513, 'WIX_UPGRADE_DETECTED')" \
  "UPDATE \`Property\` SET \`Value\` = 'WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED;AGENTCONFIG' WHERE \`Property\` = 'SecureCustomProperties'"
at msibuild exvet.msi -s "exvet $full" "The exvet authors" "$template;1033" "$(guid "$product package")"
cp exvet.msi "$out"
