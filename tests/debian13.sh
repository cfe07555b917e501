#!/bin/bash
# debian13.sh: build the tree and run its unit suite in a Debian 13 made by debootstrap; ./dev debian13 calls it
#
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

top=$PWD
root=$top/_debian13
packages=("$@")

. tests/debian13-root.sh
die () { say "debian13: $*"; exit 1; }

[ "$(id -u)" = 0 ] || die "making and entering a second Debian needs root"

# In a mount namespace of its own: whatever ends this script also ends its mounts.
if [ -z "${DEBIAN13_INSIDE:-}" ]; then
  export DEBIAN13_INSIDE=1
  exec unshare --mount --propagation private "$0" "$@"
fi

prepare_root "${packages[@]}"

if [ ! -f "$root/build/build.ninja" ]; then
  inside env CC='ccache gcc' meson setup /build /src -Dprofile=release >&2
fi
if ! inside ninja -C /build -j "${DEV_JOBS:-$(nproc)}" >&2; then
  say "The build failed on Debian 13; no test was run."
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
status=0
rm -f "$root/build/meson-logs/testlog.json"
inside meson test -C /build --no-rebuild --print-errorlogs --suite unit || status=$?
inside /usr/bin/python3 /src/tests/summary.py /build/meson-logs/testlog.json || status=$?
exit "$status"
