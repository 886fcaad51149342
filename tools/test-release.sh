#!/usr/bin/env bash
# Makes a release twice, in two clean clones with two build caches, and holds them to each other; then installs it, uses it
# without Go and without a network, and takes it away again. Takes many minutes; .ci/run does not run it.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
say() { printf 'test-release: %s\n' "$1"; }
fail() { printf 'test-release: FAILED: %s\n' "$1" >&2; exit 1; }

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
say "checksums and signatures hold"

# without CMD...: runs a program where there is neither Go nor a network.
without() { env -i PATH=/usr/bin:/bin HOME="$work" unshare -rn "$@"; }
# used EXVET: the main job, and a signed bundle.
used() {
  local exvet=$1 code=0
  without "$exvet" scan "$top/testdata/evidence/contoso" >"$work/log" 2>&1 || code=$?
  [ $code = 2 ] || { cat "$work/log"; fail "scan ended with $code, want 2"; }
  without "$exvet" rule list >/dev/null || fail "rule list"
  rm -rf "$work/bundle" && mkdir "$work/bundle"
  openssl ecparam -name prime256v1 -genkey -noout -out "$work/bundle/key.pem"
  openssl ec -in "$work/bundle/key.pem" -pubout -out "$work/bundle/key.pub" 2>/dev/null
  without "$exvet" bundle build "$top/bundles/example" --output "$work/bundle/b.tar.gz" >/dev/null 2>&1 || fail "bundle build"
  without "$exvet" bundle sign "$work/bundle/b.tar.gz" --signing-key "$work/bundle/key.pem" >/dev/null 2>&1 || fail "bundle sign"
  without "$exvet" bundle verify "$work/bundle/b.tar.gz" --verification-key "$work/bundle/key.pub" >/dev/null 2>&1 || fail "bundle verify"
}
mkdir "$work/tar" && tar -C "$work/tar" -xf exvet-1.2.3-linux-amd64.tar.gz
exvet=$work/tar/exvet-1.2.3-linux-amd64/exvet
[ "$($exvet version | cut -d' ' -f2)" = 1.2.3 ] || fail "$($exvet version)"
if file "$exvet" | grep -qv 'statically linked'; then fail "exvet is not static"; fi
used "$exvet"
say "the archive: scan, bundle build, sign, verify, without Go and without a network"

root=$work/root
mkdir -p "$root/var/lib/dpkg/info" "$root/var/lib/dpkg/updates" && touch "$root/var/lib/dpkg/status"
dpkg --root="$root" --force-not-root -i exvet_1.2.3_amd64.deb >/dev/null 2>"$work/log" || { cat "$work/log"; fail "dpkg -i"; }
used "$root/usr/bin/exvet"
[ -e "$root/usr/share/man/man1/exvet-scan.1.gz" ] || fail "no manual page in the package"
dpkg --root="$root" --force-not-root --purge exvet >/dev/null 2>"$work/log" || { cat "$work/log"; fail "dpkg --purge"; }
[ -z "$(find "$root/usr" -type f 2>/dev/null)" ] || fail "the package leaves files: $(find "$root/usr" -type f)"
say "the Debian package: installed, used, purged"

"$top/tools/release/test-msi.sh" "$work/dist1/exvet-1.2.3-windows-amd64.msi" "$top"
say "all passed"
