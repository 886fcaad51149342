#!/usr/bin/env bash
# Looks for known vulnerabilities that exvet's code reaches, in its modules and in the Go it is released with. The database is the one
# pinned in tools/vuln/go.mod, so that a run says the same everywhere; with --latest, vuln.go.dev is asked.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tools/lib.sh
. tools/lib.sh

GOTOOLCHAIN=$(released_with)
export GOTOOLCHAIN CGO_ENABLED=0
if [ "${1:-}" = --latest ]; then
  govulncheck ./...
  exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go mod download -modfile=tools/vuln/go.mod golang.org/x/vulndb
source=$(go list -modfile=tools/vuln/go.mod -m -f '{{.Dir}}' golang.org/x/vulndb)
indexdb -vulns "$source/data/osv" -out "$work/db"
echo "database: $(go list -modfile=tools/vuln/go.mod -m -f '{{.Version}}' golang.org/x/vulndb), $(go version)"
govulncheck -db "file://$work/db" ./...
