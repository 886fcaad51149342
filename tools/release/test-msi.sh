#!/usr/bin/env bash
# Installs a Windows installer in Wine, uses what it installs, has a newer one take its place, and uninstalls:
# test-msi.sh EXVET.MSI TOP, with TOP the repository.
set -euo pipefail
msi=$1 top=$2
fail() { printf 'test-msi: FAILED: %s\n' "$1" >&2; exit 1; }
base=$("$top/testdata/wine/prepare.sh")
work=$(mktemp -d)
export WINEPREFIX=$work/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' DISPLAY=
trap '/usr/lib/wine/wineserver -k || true; rm -rf "$work"' EXIT
cp -a "$base/prefix" "$WINEPREFIX"
drive=$WINEPREFIX/drive_c installed="$WINEPREFIX/drive_c/Program Files/exvet"
cp "$msi" "$drive/exvet.msi"

wine() { timeout 300 /usr/lib/wine/wine64 "$@"; }
service() { wine sc query exvet-agent >/dev/null 2>&1; }

wine msiexec /i 'C:\exvet.msi' /qn || fail "msiexec /i ended with $?"
[ -e "$installed/exvet.exe" ] && [ -e "$installed/LICENSES.txt" ] || fail "the program is not there"
wine 'C:\Program Files\exvet\exvet.exe' version || fail "the program does not run"
if service; then fail "the agent is installed unasked"; fi

# The same files as a newer version, with the agent. Its configuration lies where it says.
newer=$work/newer
mkdir "$newer"
cp "$installed/exvet.exe" "$installed/LICENSES.txt" "$newer/"
SOURCE_DATE_EPOCH=1700000000 "$top/tools/release/msi.sh" 99.0.0 amd64 "$newer/exvet.exe" "$newer/LICENSES.txt" "$drive/newer.msi"
cp "$top/tools/release/agent-test.yaml" "$drive/agent.yaml"
wine msiexec /i 'C:\newer.msi' /qn ADDLOCAL=Program,Agent 'AGENTCONFIG=C:\agent.yaml' || fail "the newer msiexec /i ended with $?"
[ -e "$installed/exvet.exe" ] || fail "the newer version is not there"
service || fail "the agent was asked for and is not installed"

wine msiexec /x 'C:\newer.msi' /qn || fail "msiexec /x ended with $?"
[ ! -e "$installed/exvet.exe" ] || fail "uninstalling leaves the program"
if service; then fail "uninstalling leaves the agent"; fi
/usr/lib/wine/wineserver -w
if grep -qi 'program files.*exvet' "$WINEPREFIX/system.reg"; then fail "uninstalling leaves something in the registry"; fi
echo "test-msi: installed, used, made newer with the agent, uninstalled"
