#!/usr/bin/env bash
# Makes a release twice, in two clean clones with two build caches, and holds them to each other; then installs it, uses it
# without Go and without a network, and takes it away again. Takes many minutes; .ci/run does not run it. Needs root, for the container.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { printf 'test-release: %s\n' "$1"; }
fail() { printf 'test-release: FAILED: %s\n' "$1" >&2; exit 1; }

missing=()
for program in unzip file osslsigncode buildah curl man; do command -v "$program" >/dev/null || missing+=("$program"); done
[ ${#missing[@]} -eq 0 ] || fail "missing programs: ${missing[*]}"
[ -z "$(testdata/wine/prepare.sh needs)" ] || fail "missing for Wine: $(testdata/wine/prepare.sh needs | paste -sd, -)"
[ -z "$(git status --porcelain)" ] || fail "the tree has changes, which a clone would not have"

say "keys made for this test"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=exvet test/O=exvet test" -addext extendedKeyUsage=codeSigning \
  -keyout "$work/sign.key" -out "$work/sign.pem" 2>/dev/null
openssl genpkey -algorithm ed25519 -out "$work/sums.key"
openssl pkey -in "$work/sums.key" -pubout -out "$work/sums.pub"

for n in 1 2; do
  say "release $n, in a clean clone"
  git clone -q "$top" "$work/clone$n"
  cache=$(go env GOCACHE)
  if [ $n = 2 ]; then cache=$work/cache; fi
  (cd "$work/clone$n" && GOCACHE=$cache VERSION=1.2.3 EXVET_CHECKSUM_KEY=$work/sums.key EXVET_SIGN_KEY=$work/sign.key \
    EXVET_SIGN_CERT=$work/sign.pem tools/release.sh "$work/dist$n" >"$work/log" 2>&1) || { cat "$work/log" >&2; fail "release $n"; }
  [ -z "$(git -C "$work/clone$n" status --porcelain)" ] || fail "the release changed its tree"
done
diff -r "$work/dist1" "$work/dist2" || fail "two clones gave different bytes"
say "the same bytes: $(sha256sum "$work/dist1/SHA256SUMS" | cut -c1-16), $(find "$work/dist1" -type f | wc -l) files"

cd "$work/dist1"
sha256sum --quiet -c SHA256SUMS
openssl pkeyutl -verify -rawin -pubin -inkey "$work/sums.pub" -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null || fail "the signature of SHA256SUMS"
echo >>SHA256SUMS
if openssl pkeyutl -verify -rawin -pubin -inkey "$work/sums.pub" -in SHA256SUMS -sigfile SHA256SUMS.sig >/dev/null 2>&1; then fail "a changed SHA256SUMS verifies"; fi
mkdir "$work/zip" && (cd "$work/zip" && unzip -q ../dist1/exvet-1.2.3-windows-amd64.zip)
for signed in exvet-1.2.3-windows-amd64.msi exvet-1.2.3-windows-arm64.msi "$work/zip/exvet-1.2.3-windows-amd64/exvet.exe"; do
  osslsigncode verify -CAfile "$work/sign.pem" -in "$signed" >"$work/log" 2>&1 || { cat "$work/log"; fail "the signature of $signed"; }
done
for target in linux-amd64 linux-arm64 windows-amd64 windows-arm64; do
  case $target in
    windows-*) program=exvet.exe && mkdir -p "$work/bill" && (cd "$work/bill" && unzip -qo "$work/dist1/exvet-1.2.3-$target.zip") ;;
    *) program=exvet && mkdir -p "$work/bill" && tar -C "$work/bill" -xf "exvet-1.2.3-$target.tar.gz" ;;
  esac
  program=$work/bill/exvet-1.2.3-$target/$program bill=exvet-1.2.3-$target.cdx.json
  go version -m "$program" | awk '$1 == "dep" { print $2 "@" $3 }' | sort >"$work/linked"
  grep -o '"purl": "pkg:golang/[^"]*' "$bill" | sed 's/[^/]*.//;;;; s/?type=module//; s/%2B/+/' | grep -v -e '^std@' -e '^github.com/exvet/exvet@' | sort >"$work/listed"
  [ "$(wc -l <"$work/listed")" -gt 50 ] && diff "$work/linked" "$work/listed" || fail "$bill and what is linked differ"
  grep -q "$(sha256sum <"$program" | cut -c1-64)" "$bill" || fail "$bill is of another program"
done
(cd "$top/tools/sbom" && go test ./...) || fail "the bills of material"
say "checksums, signatures and bills of material hold"

# without CMD...: runs a program where there is neither Go nor a network, in an empty home.
mkdir "$work/home"
without() { env -i PATH="$work/path" HOME="$work/home" unshare -rn "$@"; }
mkdir "$work/path" && ln -s "$(command -v unshare)" "$(command -v sh)" "$work/path/"
if without sh -c 'command -v go'; then fail "there is a Go where there should be none"; fi
# used EXVET: the main job, and a signed bundle, that leave nothing at home.
used() {
  local exvet=$1 code=0
  without "$exvet" scan "$top/testdata/evidence/contoso" >"$work/log" 2>&1 || code=$?
  [ $code = 2 ] || { cat "$work/log"; fail "scan ended with $code, want 2"; }
  without "$exvet" rule list >/dev/null || fail "rule list"
  rm -rf "$work/bundle" && mkdir "$work/bundle"
  local key=$work/bundle/key bundle=$work/bundle/b.tar.gz
  for n in 1 2; do
    openssl ecparam -name prime256v1 -genkey -noout -out "$key$n.pem"
    openssl ec -in "$key$n.pem" -pubout -out "$key$n.pub" 2>/dev/null
  done
  without "$exvet" bundle build "$top/bundles/example" --output "$bundle" >/dev/null 2>"$work/log" || { cat "$work/log"; fail "bundle build"; }
  code=0 && without "$exvet" bundle verify "$bundle" --verification-key "${key}1.pub" >/dev/null 2>&1 || code=$?
  [ $code = 5 ] || fail "verify of an unsigned bundle ended with $code, want 5"
  without "$exvet" bundle sign "$bundle" --signing-key "${key}1.pem" >/dev/null 2>"$work/log" || { cat "$work/log"; fail "bundle sign"; }
  without "$exvet" bundle verify "$bundle" --verification-key "${key}1.pub" >/dev/null 2>"$work/log" || { cat "$work/log"; fail "bundle verify"; }
  code=0 && without "$exvet" bundle verify "$bundle" --verification-key "${key}2.pub" >/dev/null 2>&1 || code=$?
  [ $code = 5 ] || fail "verify by another key ended with $code, want 5"
  [ -z "$(ls -A "$work/home")" ] || fail "something was written at home: $(ls -A "$work/home")"
}
mkdir "$work/tar" && tar -C "$work/tar" -xf exvet-1.2.3-linux-amd64.tar.gz
exvet=$work/tar/exvet-1.2.3-linux-amd64/exvet
[ "$($exvet version | cut -d' ' -f2)" = 1.2.3 ] || fail "$($exvet version)"
if file "$exvet" | grep -qv 'statically linked'; then fail "exvet is not static"; fi
used "$exvet"
for page in "$work"/tar/exvet-1.2.3-linux-amd64/man/*.1; do
  man -l "$page" 2>"$work/log" | grep -q 'EXIT STATUS' && [ ! -s "$work/log" ] || { cat "$work/log"; fail "the manual page $page"; }
done
# Tab in bash, on a word that begins like one command.
offered=$(PATH="${exvet%/*}:$PATH" bash -c '. "$1"
  _init_completion() { words=(exvet sca) cword=1 cur=sca prev=exvet; }
  compopt() { :; }
  __start_exvet && echo "${COMPREPLY[*]}"' - "${exvet%/*}/completions/exvet.bash")
[[ $offered == scan* ]] || fail "completion of \"exvet sca\" gives \"$offered\""
say "the archive: scan, bundle build, sign, verify, without Go and without a network"

root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" && touch "$root/var/lib/dpkg/status"
dpkg --root="$root" --force-not-root -i exvet_1.2.3_amd64.deb >/dev/null 2>"$work/log" || { cat "$work/log"; fail "dpkg -i"; }
used "$root/usr/bin/exvet"
[ -e "$root/usr/share/man/man1/exvet-scan.1.gz" ] || fail "no manual page in the package"
dpkg --root="$root" --force-not-root --purge exvet >/dev/null 2>"$work/log" || { cat "$work/log"; fail "dpkg --purge"; }
[ -z "$(find "$root/usr" -type f 2>/dev/null)" ] || fail "the package leaves files: $(find "$root/usr" -type f)"
say "the Debian package: installed, used, purged"

"$top/tools/release/test-msi.sh" "$work/dist1/exvet-1.2.3-windows-amd64.msi" 1.2.3 "$top"

# The container: made from nothing, so no registry is asked. Its hub answers, and keeps what it knows as a user without rights.
images() { buildah --storage-driver vfs --root "$work/images" --runroot "$work/images.run" "$@"; }
(cd "$work/tar/exvet-1.2.3-linux-amd64" && images build --isolation chroot -q -t exvet-hub . >/dev/null 2>"$work/log") || { cat "$work/log"; fail "the container"; }
container=$(images from localhost/exvet-hub)
command=$(images inspect --format '{{range .OCIv1.Config.Entrypoint}}{{.}} {{end}}{{range .OCIv1.Config.Cmd}}{{.}} {{end}}' "$container")
[ "$command" = "/exvet hub serve --listen :8443 --data /data " ] || fail "the container runs $command"
at=127.0.0.1:18443
if curl -sk -o /dev/null "https://$at/"; then fail "something else answers at $at"; fi
images run --isolation chroot "$container" -- /exvet hub serve --listen "$at" --data /data >"$work/hub" 2>&1 &
answered=
for _ in $(seq 60); do
  if answered=$(curl -sk -o /dev/null -w '%{http_code}' "https://$at/api/v1/servers"); then break; fi
  sleep 0.5
done
read -r user hub < <(ps -eo uid=,pid=,args= | awk -v at="$at" '$3 == "/exvet" && index($0, at) { print $1, $2 }') || true
[ -z "${hub:-}" ] || kill "$hub"
wait || true
[ "$answered" = 401 ] || { cat "$work/hub"; fail "the hub in the container answers \"$answered\", want 401"; }
[ "$user" = 65532 ] || fail "the hub runs as $user, want 65532"
images rm -a >/dev/null && images rmi -a -f >/dev/null
say "the container: built, and its hub answers"
say "all passed"
