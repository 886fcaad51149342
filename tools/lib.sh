# The pinned tools, by name; sourced by the scripts beside it. Works from the top of the repository.
# shellcheck shell=bash

golangci() { go tool -modfile=tools/go.mod golangci-lint "$@"; }
jsonnetfmt() { go tool -modfile=tools/go.mod jsonnetfmt "$@"; }
jsonnet_lint() { go tool -modfile=tools/go.mod jsonnet-lint "$@"; }
winres() { go tool -modfile=tools/go.mod go-winres "$@"; }
regal() { go tool -modfile=tools/regal/go.mod regal "$@"; }
indexdb() { go tool -modfile=tools/vuln/go.mod indexdb "$@"; }
govulncheck() { go tool -modfile=tools/vuln/go.mod govulncheck "$@"; }
conftest() { go tool -modfile=tools/conftest/go.mod conftest "$@"; }
opa() { go tool -modfile=tools/opa/go.mod opa "$@"; }

# released_with names the Go that programs are released with, as GOTOOLCHAIN takes it.
released_with() { sed -n 's/^toolchain //p' go.mod; }

# jsonnet_files lists every Jsonnet source, one a line. Those of the example import the library exvet holds, which only exvet finds.
jsonnet_files() {
  find . \( -name .git -o -name bin -o -path ./tools -o -path ./bundles/example \) -prune -o \
    \( -name '*.jsonnet' -o -name '*.libsonnet' \) -print | sort
}

# rego_roots lists the folders that hold Rego.
rego_roots() {
  local root
  for root in policies bundles; do
    if [ -n "$(find "$root" -name '*.rego' -print -quit)" ]; then echo "$root"; fi
  done
}
