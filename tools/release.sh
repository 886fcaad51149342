#!/usr/bin/env bash
# Makes a release in dist/, or in the folder given: archives, Windows installers, Debian packages, bills of material, checksums.
# The same commit gives the same bytes, wherever it lies; docs/install.md says what is in it and how to check it.
#   VERSION              what the release calls itself (default: that of exvet.go)
#   EXVET_SIGN_KEY       PEM key, with EXVET_SIGN_CERT, its certificates: signs exvet.exe and the installers by Authenticode
#   EXVET_SIGN_TIMESTAMP address of a timestamp server for those signatures
#   EXVET_CHECKSUM_KEY   PEM key: signs SHA256SUMS
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/lib.sh
. tools/lib.sh

die() { echo "release: $1" >&2; exit 1; }

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need zip zip
need wixl wixl
need msibuild msitools
need faketime faketime
need dpkg-deb dpkg
need openssl openssl
if [ -n "${EXVET_SIGN_KEY:-}" ]; then need osslsigncode osslsigncode; fi
[ ${#missing[@]} -eq 0 ] || die "missing programs; on Debian: apt-get install ${missing[*]}"
[ -z "$(git status --porcelain)" ] || die "the tree has changes; commit them, so that the release can be made again"
if [ -n "${EXVET_SIGN_KEY:-}" ] && [ -z "${EXVET_SIGN_CERT:-}" ]; then die "EXVET_SIGN_KEY is given and EXVET_SIGN_CERT is not"; fi

version=${VERSION:-$(sed -n 's/^var Version = "\(.*\)"$/\1/p' exvet.go)}
grep -qxE '[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?' <<<"$version" || die "\"$version\" is no version: want one such as 1.2.3 or 1.2.3-rc1"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
GOTOOLCHAIN=$(released_with)
export SOURCE_DATE_EPOCH GOTOOLCHAIN TZ=UTC LC_ALL=C CGO_ENABLED=0
umask 022
out=${1:-dist}
mkdir -p "$out"
out=$(cd "$out" && pwd)
[ -z "$(ls -A "$out")" ] || die "$out is not empty"
work=$(mktemp -d)
trap 'rm -rf "$work"; rm -f cmd/exvet/*.syso' EXIT
targets="linux-amd64 linux-arm64 windows-amd64 windows-arm64"

say() { printf 'release: %s\n' "$1"; }

# stamp gives every file below a folder the time of the commit.
stamp() { find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +; }

# program OS-ARCH: the file of the program for that system.
program() { case $1 in windows-*) echo "$work/$1/exvet.exe" ;; *) echo "$work/$1/exvet" ;; esac; }

say "programs, $version"
VERSION=$version tools/resources.sh
for target in $targets; do
  GOOS=${target%-*} GOARCH=${target#*-} go build -trimpath -buildvcs=false \
    -ldflags "-s -w -buildid= -X github.com/exvet/exvet.Version=$version" -o "$(program "$target")" ./cmd/exvet
done

# authenticode FILE [OPTION...]: signs a Windows file where a key is given.
authenticode() {
  [ -n "${EXVET_SIGN_KEY:-}" ] || return 0
  local file=$1 stamped=()
  shift
  if [ -n "${EXVET_SIGN_TIMESTAMP:-}" ]; then stamped=(-ts "$EXVET_SIGN_TIMESTAMP"); else stamped=(-time "$SOURCE_DATE_EPOCH"); fi
  osslsigncode sign -h sha256 -certs "$EXVET_SIGN_CERT" -key "$EXVET_SIGN_KEY" -n exvet -i https://github.com/exvet/exvet \
    "${stamped[@]}" "$@" -in "$file" -out "$file.signed" >/dev/null
  mv "$file.signed" "$file"
}
authenticode "$(program windows-amd64)"
authenticode "$(program windows-arm64)"

say "manual pages, completions, licences"
mkdir -p "$work/man" "$work/completions"
go test -count=1 ./cmd/exvet -run '^(TestManual|TestNotice)$' -args -manual "$work/man" \
  -manual-date "$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)" -licences "$work/LICENSES.txt" >"$work/log" || { cat "$work/log" >&2; exit 1; }
sed -i "s/exvet $(sed -n 's/^var Version = "\(.*\)"$/\1/p' exvet.go)/exvet $version/" "$work"/man/*.1
here=$(program "linux-$(go env GOHOSTARCH)")
for shell in bash zsh fish powershell; do env -i "$here" completion "$shell" >"$work/completions/exvet.$shell"; done

say "archives"
for target in $targets; do
  name=exvet-$version-$target
  folder=$work/archive/$name
  mkdir -p "$folder/completions"
  install -m 755 "$(program "$target")" "$folder/"
  install -m 644 LICENSE NOTICE "$work/LICENSES.txt" CHANGELOG.md README.md docs/install.md "$folder/"
  case $target in
    windows-*)
      install -m 644 docs/many-servers.md "$folder/"
      install -m 644 "$work/completions/exvet.powershell" "$folder/completions/exvet.ps1"
      stamp "$folder"
      (cd "$work/archive" && find "$name" | sort | zip -X -q -@ "$out/$name.zip")
      ;;
    *)
      install -m 644 "$work"/completions/exvet.{bash,zsh,fish} "$folder/completions/"
      mkdir "$folder/man" "$folder/data" # the second, empty, becomes /data of the container
      install -m 644 "$work"/man/*.1 "$folder/man/"
      install -m 644 tools/release/Containerfile "$folder/"
      stamp "$folder"
      tar -C "$work/archive" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" |
        gzip -9n >"$out/$name.tar.gz"
      ;;
  esac
done

say "Windows installers"
for arch in amd64 arm64; do
  tools/release/msi.sh "$version" "$arch" "$(program "windows-$arch")" "$work/LICENSES.txt" "$out/exvet-$version-windows-$arch.msi"
  authenticode "$out/exvet-$version-windows-$arch.msi"
done

say "Debian packages"
for arch in amd64 arm64; do
  tools/release/deb.sh "$version" "$arch" "$(program "linux-$arch")" "$work" "$out"
done

say "bills of material"
(cd tools/sbom && go build -trimpath -o "$work/sbom" .)
for target in $targets; do
  "$work/sbom" "$(program "$target")" NOTICE "$version" >"$out/exvet-$version-$target.cdx.json"
done

say "checksums"
(cd "$out" && sha256sum -- exvet-* exvet_* >SHA256SUMS)
if [ -n "${EXVET_CHECKSUM_KEY:-}" ]; then
  if openssl pkey -in "$EXVET_CHECKSUM_KEY" -noout -text | grep -qi '^ED25519'; then
    openssl pkeyutl -sign -rawin -inkey "$EXVET_CHECKSUM_KEY" -in "$out/SHA256SUMS" -out "$out/SHA256SUMS.sig"
  else
    openssl dgst -sha256 -sign "$EXVET_CHECKSUM_KEY" -out "$out/SHA256SUMS.sig" "$out/SHA256SUMS"
  fi
else
  say "not signed: EXVET_CHECKSUM_KEY is not given"
fi
ls -l "$out"
