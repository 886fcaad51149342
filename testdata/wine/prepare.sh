#!/usr/bin/env bash
# Makes a Windows of Wine from nothing, and prints its folder. It is kept in a cache and made again when this script or
# what stands in src changes: EXVET_WINE, or exvet-wine in the user's cache.
#
#   testdata/wine/prepare.sh            prints the folder: prefix, and bin with the programs built here
#   testdata/wine/prepare.sh needs      prints what is missing on this machine, one a line
set -euo pipefail
cd "$(dirname "$0")"

wine=/usr/lib/wine/wine64 # not the wrapper of Debian, which asks for 32-bit Wine
server=/usr/lib/wine/wineserver
cc=x86_64-w64-mingw32-gcc

missing() {
  [ -x "$wine" ] || echo "wine64 (Debian packages wine and wine64)"
  command -v $cc >/dev/null || echo "$cc (Debian package gcc-mingw-w64-x86-64)"
  command -v osslsigncode >/dev/null || echo "osslsigncode"
  command -v openssl >/dev/null || echo "openssl"
}

if [ "${1:-}" = needs ]; then
  missing
  exit
fi
if [ -n "$(missing)" ]; then
  echo "prepare Wine: missing: $(missing | paste -sd, -)" >&2
  exit 1
fi

key=$({ cat prepare.sh src/*; $wine --version; } | sha256sum | cut -c1-12)
cache=${EXVET_WINE:-${XDG_CACHE_HOME:-$HOME/.cache}/exvet-wine}
at=$cache/$key
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ -e "$at/ready" ]; then
  echo "$at"
  exit
fi
rm -rf "$cache"/*/ # what other versions of this script made
mkdir -p "$at/bin"

build() { $cc -O1 -s -municode -o "$@"; }
for program in src/*.exe.c; do
  name=${program##*/}
  build "$at/bin/${name%.c}" "$program" -lwintrust -ladvapi32
done
for library in src/*.dll.c; do
  name=${library##*/}
  $cc -shared -O1 -s -o "$at/bin/${name%.c}" "$library" -ladvapi32
done

export WINEPREFIX=$at/prefix WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe=' DISPLAY=
timeout 300 $wine wineboot -i >/dev/null 2>&1
timeout 60 $server -w
cp "$at/bin/bcryptprimitives.dll" "$WINEPREFIX/drive_c/windows/system32/"
rm -f "$WINEPREFIX/dosdevices/"[a-bd-y]:* # drives of the machine Wine runs on; z: stays, Wine needs it
touch "$at/ready"
echo "$at"
