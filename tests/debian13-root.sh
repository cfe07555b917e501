# debian13-root.sh: a Debian 13 made by debootstrap in _debian13; read by the scripts that build in it
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154
# Wants top, root and die () of whoever reads it, in a mount namespace of its own.

say () { printf '%s\n' "$*" >&2; }

# The mirror this computer's own apt uses.
mirror () {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$(. /etc/os-release; echo "$VERSION_CODENAME")" \
      '$1 == "Debian" && $2 == release { print $3; exit }'
}

inside () { chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+http_proxy="$http_proxy"} "$@"; }

# prepare_root PACKAGE...: make it when it is not there, mount what it needs, install what is missing
prepare_root () {
  local from missing
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

  missing=$(comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(inside dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u))
  if [ -n "$missing" ]; then
    inside apt-get update -q >&2
    # shellcheck disable=SC2086
    inside apt-get install -y -q --no-install-recommends $missing >&2
  fi
}
