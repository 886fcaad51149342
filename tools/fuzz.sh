#!/usr/bin/env bash
# Runs every fuzz target for a while, one after the other: tools/fuzz.sh [TIME], 1m unless said. What is found ends the run and
# lies in testdata/fuzz of its package.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-1m}
while IFS=: read -r file target; do
  printf '%s %s\n' "$(dirname "$file")" "$target"
  go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -parallel 2
done < <(git grep -oE '^func Fuzz[A-Za-z]+' -- '*_test.go' | sed 's/func //' | sort)
