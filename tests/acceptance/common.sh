# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the acceptance scripts, which run in the root of the repository after a release build.
# A script shows its line with commands; finish says 0 (done) or 1 (open). What nothing shows yet is named with `missing`.

bin=build/release/bin
cli=$bin/vitrine-cli
models=${XDG_DATA_HOME:-$HOME/.local/share}/vitrine/models
smol=$models/SmolLM2-135M-Instruct.Q4_1.gguf
gemma=$models/gemma-3-270m-q4_k_m.gguf
minilm=$models/all-MiniLM-L6-v2
# All recorded references where they are there, else those of this repository.
fixtures=${VITRINE_FIXTURES:-../shared/fixtures}
[ -d "$fixtures" ] || fixtures=tests/data
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
open=0

# missing WHAT: a part of the line that nothing shows.
missing() {
  printf '    missing: %s\n' "$*"
  open=1
}

# show COMMAND...: has to succeed; its last line is printed.
show() {
  printf '    $ %s\n' "$*"
  if "$@" > "$scratch/out" 2>&1; then
    printf '      %s\n' "$(tail -n 1 "$scratch/out" | cut -c1-160)"
  else
    printf '      failed: %s\n' "$(grep -m 3 -iE 'fail|error|vitrine' "$scratch/out" | tr '\n' ';' | cut -c1-300)"
    open=1
  fi
}

# prints PATTERN COMMAND...: has to succeed and print the pattern.
prints() {
  local pattern=$1
  shift
  show "$@"
  grep -qE "$pattern" "$scratch/out" || missing "output of the command above with /$pattern/"
}

# refuses PATTERN COMMAND...: has to exit 2 with one line that has the pattern.
refuses() {
  local pattern=$1 status
  shift
  printf '    $ %s\n' "$*"
  timeout 60 "$@" > "$scratch/out" 2> "$scratch/err"
  status=$?
  printf '      exit %d: %s\n' "$status" "$(head -n 1 "$scratch/err" | cut -c1-200)"
  if [ "$status" != 2 ] || ! grep -qE "$pattern" "$scratch/err"; then
    missing "exit 2 with a message like /$pattern/"
  fi
}

# tests PROGRAM FILTER: gtest cases, at least one of which runs; skipped ones do not count.
tests() {
  local program=$bin/test_$1 ran
  printf '    $ %s --gtest_filter=%s\n' "$program" "$2"
  if [ ! -x "$program" ]; then
    missing "$program is not built"
    return
  fi
  if ! GTEST_COLOR=no "$program" --gtest_filter="$2" > "$scratch/out" 2>&1; then
    printf '      failed: %s\n' "$(grep -m 3 'FAILED' "$scratch/out" | tr '\n' ';')"
    open=1
    return
  fi
  ran=$(awk '/^\[  PASSED  \]/ { print $4 }' "$scratch/out")
  printf '      %s passed\n' "$ran"
  [ "${ran:-0}" -gt 0 ] || missing "a test of this name"
}

# window NAME: a window test, as ctest runs it.
window() {
  printf '    $ ctest --test-dir build/release -R ^panels_%s$\n' "$1"
  if ! ctest --test-dir build/release -N -R "^panels_$1\$" | grep -q 'Total Tests: 1'; then
    missing "the window test panels_$1"
    return
  fi
  if ctest --test-dir build/release -R "^panels_$1\$" > "$scratch/out" 2>&1; then
    printf '      passed\n'
  else
    printf '      failed\n'
    open=1
  fi
}

finish() { exit "$open"; }
