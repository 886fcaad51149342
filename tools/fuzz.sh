#!/usr/bin/env bash
# Runs fuzz targets for a while, one after the other: tools/fuzz.sh [TIME [TARGET]], 1m and every target unless said. TARGET is a
# part of "folder FuzzName". What is found does not end the run, only fails it at its end; it lies in testdata/fuzz of its package.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-1m} wanted=${2:-}
failed=()
while IFS=: read -r file target; do
  name="$(dirname "$file") $target"
  [[ $name == *"$wanted"* ]] || continue
  printf '%s\n' "$name"
  go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -parallel "${FUZZ_PARALLEL:-2}" || failed+=("$name")
done < <(git grep -oE '^func Fuzz[A-Za-z]+' -- '*_test.go' | sed 's/func //' | sort)
for name in "${failed[@]}"; do printf 'fuzz: FAILED: %s\n' "$name" >&2; done
[ ${#failed[@]} -eq 0 ]
