#!/usr/bin/env bash
# Runs every check this machine allows, one after the other, and says at the end what failed and what was
# skipped, and why. With EXVET_CI=1 a skip is a failure. `tools/test.sh lint` runs the linters alone.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tools/lib.sh
. tools/lib.sh

failed=() skipped=() ran=0
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

# step NAME COMMAND...: one check; its output is shown only when it fails.
step() {
  local name=$1 began=$SECONDS
  shift
  ran=$((ran + 1))
  printf '%-24s' "$name"
  if "$@" >"$log" 2>&1; then
    printf 'ok     %3d s\n' $((SECONDS - began))
  else
    printf 'FAILED %3d s\n' $((SECONDS - began))
    sed 's/^/    /' "$log"
    failed+=("$name")
  fi
}

skip() { skipped+=("$1: $2"); }

gofmt_check() {
  local files
  files=$(gofmt -l $(go list -f '{{.Dir}}' ./...)) || return 1
  if [ -n "$files" ]; then
    printf 'run make fmt; not as gofmt wants it:\n%s\n' "$files"
    return 1
  fi
}

# same_versions holds the command-line tools to the libraries the product is built with.
same_versions() {
  local want got
  want=$(go list -m -f '{{.Version}}' github.com/open-policy-agent/opa)
  got=$(go list -modfile=tools/opa/go.mod -m -f '{{.Version}}' github.com/open-policy-agent/opa)
  [ "$want" = "$got" ] || { echo "go.mod has opa $want, tools/opa/go.mod has $got"; return 1; }
  want=$(go list -m -f '{{.Version}}' github.com/google/go-jsonnet)
  got=$(go list -modfile=tools/go.mod -m -f '{{.Version}}' github.com/google/go-jsonnet)
  [ "$want" = "$got" ] || { echo "go.mod has go-jsonnet $want, tools/go.mod has $got"; return 1; }
}

# side_by_side lists the packages that start goroutines or take locks, but the program itself.
side_by_side() {
  go list -f '{{.ImportPath}} {{.Dir}}' ./... | grep -v -e '/cmd/exvet ' -e '/testdata/' | while read -r package folder; do
    if find "$folder" -maxdepth 1 -name '*.go' ! -name '*_test.go' -exec grep -qE 'go func|\.Go\(|\bsync\.|\batomic\.|errgroup\.' {} +; then echo "$package"; fi
  done
}

# go_tests runs Go tests, which render and compile much: with less collecting they take a third less time. It shows what failed, and notes each test that was skipped. A reason that begins with "optional:" is a
# skip everywhere: the test uses material that is no part of the project.
go_tests() {
  local status=0 line packages flags=()
  if [ "$1" = -race ]; then flags=(-race); fi
  GOGC=400 go test -v -timeout 30m "$@" >"$log.go" 2>&1 || status=1
  while IFS= read -r line; do
    case $line in
      *'optional:'*) optional+=("$line") ;;
      *) skip "go test" "$line" ;;
    esac
  done < <(awk '
    /^=== (RUN|CONT|NAME) / { test = $3 }
    /^ +[^ ]+\.go:[0-9]+: / { said[test] = $0; sub(/^ +/, "", said[test]) }
    /^ *--- SKIP: / { print $3 " " said[$3] }' "$log.go")
  if [ $status -ne 0 ]; then
    # Once more without the passing tests' output. A test that passes now is unsteady: show what the first run said.
    mapfile -t packages < <(awk '$1 == "FAIL" && NF > 1 { print $2 }' "$log.go")
    if go test "${flags[@]}" "${packages[@]}"; then grep -vE "^ *(=== |--- (PASS|SKIP))" "$log.go"; fi
  fi
  rm -f "$log.go"
  return $status
}

opa_fmt() {
  local files
  files=$(opa fmt --list "${roots[@]}") || return 1
  if [ -n "$files" ]; then
    printf 'run make fmt; not as opa fmt wants it:\n%s\n' "$files"
    return 1
  fi
}

# file_names finds what Windows cannot check out, such as a path of Windows that was taken for a name.
file_names() {
  local bad
  bad=$(git ls-files -z --cached --others --exclude-standard | tr '\0' '\n' | grep -E '[\\:*?"<>|]|[. ]$') || return 0
  printf 'no name on Windows: %s\n' "$bad"
  return 1
}

# wine_tests runs exvet.exe on made servers. It needs no cgo.
wine_tests() { CGO_ENABLED=0 go vet ./testdata/wine && CGO_ENABLED=0 go test -count=1 -timeout 10m ./testdata/wine; }

windows_build() {
  GOOS=windows GOARCH=amd64 go vet ./... || return 1
  tools/resources.sh || return 1
  local arch
  for arch in amd64 arm64; do
    GOOS=windows GOARCH=$arch go build -o /dev/null ./cmd/exvet || return 1
  done
}

mapfile -t roots < <(rego_roots)
mapfile -t jsonnet < <(jsonnet_files)
optional=() cgo=0
if command -v gcc >/dev/null || command -v clang >/dev/null; then
  cgo=1
else
  skip "race detector" "no C compiler: install gcc and libc6-dev"
fi

step "file names" file_names
step "gofmt" gofmt_check
step "go vet" go vet ./...
step "tool versions" same_versions
step "golangci-lint" golangci run ./...
step "opa fmt" opa_fmt
step "opa check" opa check --strict --schema snapshot.schema.json policies/
step "regal lint" regal lint "${roots[@]}"
step "jsonnetfmt" jsonnetfmt --test -- "${jsonnet[@]}"
step "jsonnet-lint" jsonnet_lint -- "${jsonnet[@]}"
if [ "${1:-}" != lint ]; then
  step "opa test" opa test --timeout 60s policies/
  step "go test" go_tests ./...
  # The race detector makes a rule ten times slower: it looks at packages that do work side by side, where the engine then asks a part
  # of the fixtures only, and at those of the program's scripts that have such work done.
  if [ "$cgo" = 1 ]; then
    export CGO_ENABLED=1
    mapfile -t packages < <(side_by_side)
    step "go test -race" go_tests -race "${packages[@]}"
    step "scripts -race" go_tests -race ./cmd/exvet -run '^TestScripts$/^(collect_raw|scan_two|scan_source|scan_bundle)$'
    export CGO_ENABLED=0
  fi
  step "windows build" windows_build
  missing=$(testdata/wine/prepare.sh needs | paste -sd, -)
  if [ -z "$missing" ]; then step "wine" wine_tests; else skip "wine" "missing: $missing"; fi
fi

for line in "${skipped[@]}" "${optional[@]}"; do printf 'skipped  %s\n' "$line"; done
if [ "${EXVET_CI:-}" = 1 ] && [ ${#skipped[@]} -gt 0 ]; then failed+=("skips, with EXVET_CI=1"); fi
summary="$ran checks, ${#failed[@]} failed, $((${#skipped[@]} + ${#optional[@]})) skipped, $SECONDS s"
if [ ${#failed[@]} -gt 0 ]; then
  printf '%s: ' "$summary"
  printf '%s; ' "${failed[@]}"
  echo
  exit 1
fi
echo "$summary"
