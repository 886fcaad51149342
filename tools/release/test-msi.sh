#!/usr/bin/env bash
# Installs a Windows installer in Wine, uses what it installs, has newer ones take its place, and uninstalls:
# test-msi.sh EXVET.MSI VERSION TOP, with TOP the repository.
set -euo pipefail
msi=$1 version=$2 top=$3
fail() { printf 'test-msi: FAILED: %s\n' "$1" >&2; exit 1; }
base=$("$top/testdata/wine/prepare.sh")
work=$(mktemp -d)
export WINEPREFIX=$work/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' DISPLAY=
trap '/usr/lib/wine/wineserver -k || true; rm -rf "$work"' EXIT
cp -a "$base/prefix" "$WINEPREFIX"
drive=$WINEPREFIX/drive_c installed="$WINEPREFIX/drive_c/Program Files/exvet"
cp "$msi" "$drive/exvet.msi"
cp "$top/tools/release/agent-test.yaml" "$drive/agent.yaml"
echo 'exvet: {scan: never}' >"$drive/refused.yaml"

# wine CMD...: runs it without Go in the path.
wine() { PATH=/usr/bin:/bin timeout 300 /usr/lib/wine/wine64 "$@"; }
service() { wine sc query exvet-agent >/dev/null 2>&1; }
# registry TEXT: whether the registry holds it. Wine writes it to its file when the last program has ended.
registry() { /usr/lib/wine/wineserver -w && grep -qi "$1" "$WINEPREFIX/system.reg"; }
# products: how many products called exvet Windows lists as installed.
products() {
  /usr/lib/wine/wineserver -w
  awk '/^\[/ { listed = /CurrentVersion\\\\Uninstall\\\\/ } listed && /^"DisplayName"="exvet"/ { n++ } END { print n + 0 }' "$WINEPREFIX/system.reg"
}

wine msiexec /i 'C:\exvet.msi' /qn || fail "msiexec /i ended with $?"
[ -e "$installed/exvet.exe" ] && [ -e "$installed/LICENSES.txt" ] || fail "the program is not there"
answer=$(wine 'C:\Program Files\exvet\exvet.exe' version) || fail "the program does not run"
[ "$(cut -d' ' -f2 <<<"$answer")" = "$version" ] || fail "the program says $answer, want $version"
code=0
wine 'C:\Program Files\exvet\exvet.exe' scan "Z:${top//\//\\}\\testdata\\evidence\\contoso" >"$work/log" 2>&1 || code=$?
[ $code = 2 ] || { cat "$work/log"; fail "scan in Wine ended with $code, want 2"; }
if service || [ -e "$installed/agent.md" ]; then fail "the agent is installed unasked"; fi
registry '^"PATH"=.*program files.*exvet' || fail "the program is not in the path"
[ "$(products)" = 1 ] || fail "$(products) products are listed, want 1"

# made VERSION: an installer of the same files under that version.
made() {
  SOURCE_DATE_EPOCH=1700000000 "$top/tools/release/msi.sh" "$1" amd64 "$work/exvet.exe" "$work/LICENSES.txt" "$drive/$1.msi"
}
cp "$installed/exvet.exe" "$installed/LICENSES.txt" "$work/"
made "${version%%-*}-again" # the same three numbers, which is all that Windows compares
wine msiexec /i "C:\\${version%%-*}-again.msi" /qn || fail "msiexec /i of the same version ended with $?"
[ -e "$installed/exvet.exe" ] || fail "a second build of the version is not there"
[ "$(products)" = 1 ] || fail "$(products) products are listed after a second build of the version, want 1"

made 99.0.0
if wine msiexec /i 'C:\99.0.0.msi' /qn ADDLOCAL=Program,Agent 'AGENTCONFIG=C:\refused.yaml'; then
  fail "a configuration the agent refuses installs"
fi
if service; then fail "a configuration the agent refuses leaves a service"; fi
wine msiexec /i 'C:\99.0.0.msi' /qn ADDLOCAL=Program,Agent 'AGENTCONFIG=C:\agent.yaml' || fail "the newer msiexec /i ended with $?"
[ -e "$installed/exvet.exe" ] && [ -e "$installed/agent.md" ] || fail "the newer version is not there"
service || fail "the agent was asked for and is not installed"
registry 'exvet.exe.*agent run' || fail "the service does not start the agent"
if wine msiexec /i 'C:\exvet.msi' /qn; then fail "an older version installs over a newer one"; fi
service || fail "an older version took the agent away"

wine msiexec /x 'C:\99.0.0.msi' /qn || fail "msiexec /x ended with $?"
[ ! -e "$installed" ] || fail "uninstalling leaves $(ls "$installed")"
if service; then fail "uninstalling leaves the agent"; fi
for left in 'program files.*exvet' '"DisplayName"="exvet"'; do
  if registry "$left"; then fail "uninstalling leaves $left in the registry"; fi
done
echo "test-msi: installed, used, made newer with the agent, uninstalled"
