#!/usr/bin/env bash
# Makes a Debian package: deb.sh VERSION ARCH EXVET WORK OUT, with SOURCE_DATE_EPOCH set. WORK holds man, completions and
# LICENSES.txt.
set -euo pipefail
version=${1/-/\~} arch=$2 program=$3 work=$4 out=$5
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

install -D -m 755 "$program" "$root/usr/bin/exvet"
install -D -m 644 "$work/completions/exvet.bash" "$root/usr/share/bash-completion/completions/exvet"
install -D -m 644 "$work/completions/exvet.zsh" "$root/usr/share/zsh/vendor-completions/_exvet"
install -D -m 644 "$work/completions/exvet.fish" "$root/usr/share/fish/vendor_completions.d/exvet.fish"
mkdir -p "$root/usr/share/man/man1" "$root/usr/share/doc/exvet"
for page in "$work"/man/*.1; do gzip -9nc "$page" >"$root/usr/share/man/man1/$(basename "$page").gz"; done
gzip -9nc "$top/CHANGELOG.md" >"$root/usr/share/doc/exvet/changelog.gz"
{
  printf 'exvet, https://github.com/exvet/exvet\n\n'
  cat "$top/NOTICE"
  printf '\nOn Debian the Apache License is in /usr/share/common-licenses/Apache-2.0.\n\n'
  cat "$work/LICENSES.txt"
} >"$root/usr/share/doc/exvet/copyright"
chmod 644 "$root"/usr/share/man/man1/* "$root"/usr/share/doc/exvet/*
mkdir "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<CONTROL
Package: exvet
Version: $version
Architecture: $arch
Maintainer: The exvet authors <exvet@users.noreply.github.com>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Section: admin
Priority: optional
Homepage: https://github.com/exvet/exvet
Description: vet third-party integrations on Microsoft Exchange Server
 exvet looks at an Exchange server, or at a copy of its disk, and says which
 foreign code is wired into it, what Microsoft supports of it, and what could
 not be seen.
CONTROL
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/exvet_${version}_$arch.deb" >/dev/null
