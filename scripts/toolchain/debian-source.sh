#!/usr/bin/env bash
# Fetches a Debian or Ubuntu source package as its authors released it (the "orig" archive, without the
# distribution's patches) into DEST: without root, and without changing the system.
#   usage: debian-source.sh DEST PACKAGE VERSION
# VERSION is the start of the version that must come, such as 2.1.
set -euo pipefail
TOOL=debian-source
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/apt-private.sh"
[ $# -eq 3 ] || die "usage: debian-source.sh DEST PACKAGE VERSION"
DEST=$(realpath -m "$1"); PACKAGE=$2; VERSION=$3

enough_disk "$DEST" 100000
mkdir -p "$(dirname "$DEST")"
W=$(mktemp -d "$DEST.tmp.XXXXXX"); trap 'rm -rf "$W"' EXIT
say "package lists"
private_apt "$W/apt" host "" deb-src
say "download $PACKAGE"
( cd "$W" && papt source --download-only "$PACKAGE" >"$W/log" 2>&1 ) ||
  { cat "$W/log" >&2; die "apt cannot fetch the source of $PACKAGE here"; }
ARCHIVE=$(compgen -G "$W/${PACKAGE}_*.orig.tar.*" | grep -v '\.asc$' | head -n1)
case ${ARCHIVE##*/} in
  "${PACKAGE}_$VERSION"*) ;;
  *) die "this system has ${ARCHIVE##*/}, but $PACKAGE $VERSION is wanted" ;;
esac
mkdir "$W/source"
tar -x -f "$ARCHIVE" -C "$W/source" --strip-components=1 --no-same-owner
rm -rf "$DEST"; mv "$W/source" "$DEST"
say "ready in $DEST"
