# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the acceptance scripts, which run in the root of the repository after a release build.
# A script names each part of its line (`part`) and shows it with commands; finish says 0 (done) or 1 (open). What nothing shows yet
# is named with `missing`.

bin=build/release/bin
cli=$bin/vitrine-cli
models=${XDG_DATA_HOME:-$HOME/.local/share}/vitrine/models
smol=$models/SmolLM2-135M-Instruct.Q4_1.gguf
gemma=$models/gemma-3-270m-q4_k_m.gguf
minilm=$models/all-MiniLM-L6-v2
peers=${XDG_CACHE_HOME:-$HOME/.cache}/vitrine/peers
# All recorded references where they are there, else those of this repository.
fixtures=${VITRINE_FIXTURES:-../shared/fixtures}
[ -d "$fixtures" ] || fixtures=tests/data
recorded=(tests/data/llm tests/data/llm_variants)
[ "$fixtures" = tests/data ] || recorded+=("$fixtures/llm")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
open=0

# part WHAT: what the commands below it show.
part() { printf '  - %s\n' "$*"; }

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

# fails COMMAND...: a check that has to fail, exit 1.
fails() {
  local status
  printf '    $ %s\n' "$*"
  "$@" > "$scratch/out" 2>&1
  status=$?
  printf '      exit %d: %s\n' "$status" "$(tail -n 1 "$scratch/out" | cut -c1-160)"
  [ "$status" = 1 ] || missing "exit 1"
}

# resident MIB COMMAND...: succeeds when the command does, with less resident memory than that at its largest.
resident() {
  python3 -c 'import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(f"{peak:.0f} MiB resident at most, allowed {sys.argv[1]}")
sys.exit(status or peak > float(sys.argv[1]))' "$@"
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

# tests PROGRAM FILTER: gtest cases; every name of the filter has to stand for one, and none may be skipped. (A law that goes over a
# list may leave out an entry it says nothing about, such as the heads of a model without attention.)
tests() {
  local program=$bin/test_$1 name ran skipped
  printf '    $ %s --gtest_filter=%s\n' "$program" "$2"
  if [ ! -x "$program" ]; then
    missing "$program, which is not built"
    return
  fi
  while IFS= read -r name; do
    "$program" --gtest_list_tests --gtest_filter="$name" | grep -q '^  ' || missing "a test named $name"
  done <<< "${2//:/$'\n'}"
  if ! GTEST_COLOR=no "$program" --gtest_filter="$2" > "$scratch/out" 2>&1; then
    printf '      failed: %s\n' "$(grep -m 3 'FAILED' "$scratch/out" | tr '\n' ';')"
    open=1
    return
  fi
  ran=$(awk '/^\[  PASSED  \]/ { print $4 }' "$scratch/out")
  skipped=$(sed -n 's/^\[  SKIPPED \] \([^ /]*\)$/\1/p' "$scratch/out" | sort -u | tr '\n' ' ')
  printf '      %s passed\n' "${ran:-0}"
  [ "${ran:-0}" -gt 0 ] || missing "a test that ran"
  [ -z "$skipped" ] || missing "what was skipped: $skipped"
}

# window NAME [FUNCTION...]: a window test, as ctest runs it; these functions have to be among those it has.
window() {
  local name=$1 known function
  shift
  printf '    $ ctest --test-dir build/release -R ^panels_%s$ %s\n' "$name" "${*:+(with $*)}"
  if ! ctest --test-dir build/release -N -R "^panels_$name\$" | grep -q 'Total Tests: 1'; then
    missing "the window test panels_$name"
    return
  fi
  known=$(QT_QPA_PLATFORM=offscreen "$bin/test_panels_$name" -functions 2> /dev/null)
  for function in "$@"; do
    grep -qF "$function()" <<< "$known" || missing "a function $function in it"
  done
  if [ -e "$scratch/window-$name" ] || ctest --test-dir build/release -R "^panels_$name\$" > "$scratch/out" 2>&1; then
    : > "$scratch/window-$name"
    printf '      passed\n'
  else
    printf '      failed: %s\n' "$(grep -m 3 -E '^FAIL!|Timeout|Failed' "$scratch/out" | tr '\n' ';' | cut -c1-200)"
    open=1
  fi
}

# measured SCRIPT MODULE ARGUMENTS...: a comparison of tests/perf, where its peer (a Python package) has been set up.
measured() {
  local script=tests/perf/$1 module=$2
  shift 2
  if [ ! -x "$script" ]; then
    missing "$script"
  elif ! "$peers/bin/python" -c "import $module" > /dev/null 2>&1; then
    missing "$script: needs tests/perf/setup_peers"
  else
    show "$peers/bin/python" "$script" "$@"
    sed 's/^/      /' "$scratch/out"
  fi
}

finish() { exit "$open"; }
