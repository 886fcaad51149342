#!/usr/bin/env bash
# Lays every source out as the linters want it.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/lib.sh
. tools/lib.sh

golangci fmt
mapfile -t roots < <(rego_roots)
opa fmt --write "${roots[@]}"
mapfile -t files < <(jsonnet_files)
jsonnetfmt --in-place -- "${files[@]}"
