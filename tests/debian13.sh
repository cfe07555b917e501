#!/bin/bash
# debian13.sh: build the tree and run its unit suite in a Debian 13 made by debootstrap; ./dev debian13 calls it
#
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

top=$PWD
root=$top/_debian13
packages=("$@")

say () { printf '%s\n' "$*" >&2; }
die () { say "debian13: $*"; exit 1; }

[ "$(id -u)" = 0 ] || die "making and entering a second Debian needs root"

# In a mount namespace of its own: whatever ends this script also ends its mounts.
if [ -z "${DEBIAN13_INSIDE:-}" ]; then
  export DEBIAN13_INSIDE=1
  exec unshare --mount --propagation private "$0" "$@"
fi

# The mirror this computer's own apt uses.
mirror () {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$(. /etc/os-release; echo "$VERSION_CODENAME")" \
      '$1 == "Debian" && $2 == release { print $3; exit }'
}

inside () { chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+http_proxy="$http_proxy"} "$@"; }

if [ ! -e "$root/etc/debian_version" ]; then
  from=${DEBIAN_MIRROR:-$(mirror)}
  if [ -z "$from" ]; then
    apt-get update -q >&2
    from=$(mirror)
  fi
  [ -n "$from" ] || die "apt of this computer knows no Debian mirror; name one in DEBIAN_MIRROR"
  say "Making a Debian 13 in _debian13 from $from"
  rm -rf --one-file-system "$root.part"
  debootstrap --variant=minbase trixie "$root.part" "$from" >&2
  mv "$root.part" "$root"
fi

mkdir -p "$root/src" "$root/build"
mount --bind "$top" "$root/src"
mount -o remount,bind,ro "$root/src"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"

missing=$(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) \
  <(inside dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u))
if [ -n "$missing" ]; then
  inside apt-get update -q >&2
  # shellcheck disable=SC2086
  inside apt-get install -y -q --no-install-recommends $missing >&2
fi

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
