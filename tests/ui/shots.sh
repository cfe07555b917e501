#!/bin/bash
# shots.sh: takes the pictures of the README
#
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"
out=$(realpath -m "${1:-../../resources/screenshots}")
for kind in full dark narrow; do
  /usr/bin/python3 shots.py "$kind" "$out"
done
