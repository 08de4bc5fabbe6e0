# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What ./run and ./check have in common; sourced by them from the root of the repository.

# shellcheck disable=SC2034  # used by both
models=${XDG_DATA_HOME:-$HOME/.local/share}/vitrine/models

say() { printf '== %s\n' "$*" >&2; }

# die MESSAGE: what is wrong and what to do, exit 1.
die() {
  printf 'vitrine: %s\n' "$*" >&2
  exit 1
}

# as_root COMMAND...: asks for a password only on a terminal.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif ! command -v sudo > /dev/null; then
    die "cannot run '$*': this needs root, and there is no sudo"
  elif [ -t 0 ] && [ -t 2 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# missing_packages GROUP...: the packages of packages.txt in these groups that are not installed.
missing_packages() {
  local group wanted=""
  for group in "$@"; do
    wanted="$wanted $(awk -v group="$group" '$1 == group { print $2 }' packages.txt)"
  done
  # shellcheck disable=SC2086
  printf '%s\n' $wanted | grep -vxF "$(dpkg-query -W -f='${binary:Package} ${db:Status-Status}\n' $wanted 2> /dev/null |
    awk '$2 == "installed" { sub(/:.*/, "", $1); print $1 }')" || true
}

# install_packages GROUP...
install_packages() {
  if ! command -v dpkg-query > /dev/null; then
    say "This is no Debian: the packages of packages.txt are taken to be there under other names."
    return
  fi
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086
  say "Installing Debian packages:" $missing
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq < /dev/null >&2 ||
    die "the package lists cannot be fetched: connect to the network once, or install by hand what packages.txt lists"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing < /dev/null >&2 ||
    die "packages could not be installed; try: apt-get install" $missing
}

# install_test_tools: the packages of tests/requirements.txt in a virtual environment of their own, made once. Without them the
# tests that need them say that they were skipped.
install_test_tools() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/vitrine/test-tools
  cmp -s tests/requirements.txt "$folder/installed" && return
  say "Installing Python packages for tests into $folder"
  if python3 -m venv "$folder" &&
      "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r tests/requirements.txt < /dev/null >&2; then
    cp tests/requirements.txt "$folder/installed"
  else
    say "they could not be installed: connect to the network once; the tests that need them are skipped"
  fi
}

# build PRESET TARGET...: nothing is started when no source is newer than the last build of these targets.
build() {
  local preset=$1 folder=build/$1
  shift
  local stamp="$folder/.built-$*"
  stamp=${stamp// /-}
  if [ -f "$stamp" ] && [ -z "$(find engine app views plugins sessions assets tests CMakeLists.txt CMakePresets.json \
      -newer "$stamp" -print -quit 2> /dev/null)" ]; then
    return
  fi
  say "Building ($preset): $*"
  export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$PWD}" CCACHE_NOHASHDIR=1
  mkdir -p "$folder"
  touch "$stamp.new"  # as old as the sources that are compiled
  cmake --preset "$preset" > "$folder/configure.log" 2>&1 || {
    cat "$folder/configure.log" >&2
    die "the build could not be configured"
  }
  cmake --build "$folder" --target "$@" >&2 || die "the build failed: see the first error above"
  mv "$stamp.new" "$stamp"
}
