#!/usr/bin/env bash
# Makes what exvet.exe says of itself: version information, and the manifest that has it run with the rights of whoever
# starts it. `go build` for Windows links the files it leaves in cmd/exvet.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/lib.sh
. tools/lib.sh

version=${VERSION:-$(sed -n 's/^var Version = "\(.*\)"$/\1/p' exvet.go)}
numbers=$(sed -n 's/^\([0-9]*\.[0-9]*\.[0-9]*\).*/\1.0/p' <<<"$version")
if [ -z "$numbers" ]; then
  echo "resources: \"$version\" is no version: want one such as 1.2.3" >&2
  exit 1
fi
winres make --in tools/winres/winres.json --arch amd64,arm64 --out cmd/exvet/exvet \
  --product-version "$version" --file-version "$numbers"
