#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the Debian package, unpacks it in an empty root and starts both programs from there.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=build/release
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
(cd $folder && cpack -G DEB > cpack.log 2>&1) || { tail -n 20 $folder/cpack.log; exit 1; }
package=$(ls -t $folder/vitrine_*.deb | head -n 1)
dpkg-deb --info "$package" | grep -E '^ (Package|Version|Depends|Installed-Size)'
dpkg-deb --field "$package" Depends | grep -q 'libqt6widgets6' || { echo "the package does not depend on Qt"; exit 1; }
dpkg-deb -x "$package" "$scratch"
for file in usr/bin/vitrine usr/bin/vitrine-cli usr/share/applications/vitrine.desktop usr/share/icons/hicolor/scalable/apps/vitrine.svg \
    usr/share/doc/vitrine/copyright; do
  [ -f "$scratch/$file" ] || { echo "$file is not in the package"; exit 1; }
done
"$scratch/usr/bin/vitrine-cli" --version
# Nothing may be found in the build folder: libraries and panels come from beside the program.
if ldd "$scratch/usr/bin/vitrine" | grep -E 'not found|/build/'; then exit 1; fi
panels=("$scratch"/usr/lib/vitrine/panels/*.so)
printf '%d panels in the package\n' "${#panels[@]}"
for panel in "${panels[@]}"; do
  if ldd "$panel" | grep -E 'not found|/build/'; then echo "$panel"; exit 1; fi
done
# The window has to appear under its own name and then close when asked.
HOME=$scratch XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data xvfb-run -a -s "-screen 0 1440x900x24" bash -c '
  "$1" > "$2/log" 2>&1 &
  program=$!
  for _ in $(seq 100); do
    if xdotool search --onlyvisible --pid $program > /dev/null 2>&1; then found=1; break; fi
    kill -0 $program 2> /dev/null || break
    sleep 0.2
  done
  kill $program 2> /dev/null
  wait $program 2> /dev/null
  [ -n "${found:-}" ] || { echo "no window appeared"; cat "$2/log"; exit 1; }
  echo "the window opens"' _ "$scratch/usr/bin/vitrine" "$scratch"
