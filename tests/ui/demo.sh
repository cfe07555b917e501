#!/bin/bash
# demo.sh: a demonstration practice and its window; without a display it walks the day by itself
#
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../.."
build="$PWD/_build"
here="$PWD/tests/ui"
password='wattle blooms in august'

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  out=${WATTLE_DEMO:-$build/demo}
  rm -rf "$out"
  mkdir -p "$out"
  echo "There is no display here, so the day walks by itself."
  status=0
  WATTLE_BUILD=$build WATTLE_PICTURES=$out /usr/bin/python3 "$here/test_day.py" || status=$?
  echo "Pictures and PDFs: $out"
  exit $status
fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/wattle-demo-XXXXXX")
server=
finish () {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$scratch"
}
trap finish EXIT

echo "Making an invented practice…"
"$build/src/ctl/wattlectl" --data "$scratch/practice" demo --password "$password" "$@" 2>"$scratch/demo.log" ||
  { cat "$scratch/demo.log" >&2; exit 1; }
for bundle in tests/data/synthea/*.json; do
  [ ! -f "$bundle" ] || "$build/src/ctl/wattlectl" --data "$scratch/practice" import fhir "$bundle" >/dev/null || true
done

mkfifo "$scratch/says"
"$build/src/server/wattled" --data "$scratch/practice" --listen 127.0.0.1:0 >"$scratch/says" 2>"$scratch/wattled.log" &
server=$!
url=
while read -r line; do
  case $line in *http://*) url="http://${line##*http://}"; break ;; esac
done <"$scratch/says"
[ -n "$url" ] || { cat "$scratch/wattled.log" >&2; exit 1; }

mkdir -p "$scratch/config/glib-2.0/settings"
printf "[au/wattle/Wattle]\nserver-url='%s'\nlast-login='imogen'\n" "$url" >"$scratch/config/glib-2.0/settings/keyfile"
cat <<END

  The practice runs at $url until the window is closed; then all of it is gone.

  Sign in as  imogen    (doctor, and practice manager)
              tomas     (psychologist)
              mei       (reception)
              ada       (administrator)
  Password    $password

END
XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" \
  GSETTINGS_BACKEND=keyfile "$build/src/app/wattle"
