#!/usr/bin/env bash
# Unpacks Debian or Ubuntu packages, with those of their dependencies that the host lacks, into DEST:
# without root, and without changing the system. Programs get a wrapper in DEST/bin that finds the
# private libraries; headers and sources are under DEST/usr/include and DEST/usr/src.
#   usage: debian-packages.sh DEST PACKAGE...
# Run again with more packages, it adds them; with the same ones, it does nothing.
# env: SHIWU_FORCE=1 unpacks anew although the packages are there.
set -euo pipefail
TOOL=debian-packages
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/apt-private.sh"
RECIPE=1
[ $# -ge 2 ] || die "usage: debian-packages.sh DEST PACKAGE..."
command -v apt-get >/dev/null || die "apt-get not found: this needs Debian or a system like it"
DEST=$(realpath -m "$1"); shift

HAVE=
if [ -e "$DEST/.packages" ]; then HAVE=$(sed 1d "$DEST/.packages"); fi
WANT=$(printf '%s\n' $HAVE "$@" | sort -u)
STAMP=$(printf '%s\n' "$RECIPE $(host_os ID) $(host_os VERSION_ID) $(dpkg --print-architecture)" $WANT)
if [ "${SHIWU_FORCE:-0}" != 1 ] && [ "$(cat "$DEST/.packages" 2>/dev/null)" = "$STAMP" ]; then exit 0; fi
if [ -e "$DEST" ] && [ ! -e "$DEST/.packages" ] && [ -n "$(ls -A "$DEST")" ]; then die "$DEST holds something else: remove it or choose another folder"; fi

enough_disk "$DEST" 600000
mkdir -p "$(dirname "$DEST")"
W=$(mktemp -d "$DEST.tmp.XXXXXX"); trap 'rm -rf "$W"' EXIT
say "package lists"
private_apt "$W/apt" host

# `install` on a copy of the host's status finds the libraries that are missing. What it leaves out because the
# host has it must come too where the tool looks for it beside itself (cmake-data, python's modules): on an
# empty status apt names the whole closure, and of that the development packages are fetched by name.
say "download" $WANT
papt -y --no-install-recommends --download-only install $WANT >"$W/log" 2>&1 ||
  { cat "$W/log" >&2; die "apt cannot resolve these packages here; if it speaks of broken packages, 'apt-get -f install' as root mends them"; }
mkdir "$W/debs"
find "$W/apt/cache/archives" -maxdepth 1 -name '*.deb' -exec mv -t "$W/debs" {} +
: >"$W/nothing"
ALL=$(papt -o Dir::State::status="$W/nothing" -s --no-install-recommends install $WANT | awk '/^Inst /{print $2}')
OWN=$(pcache show --no-all-versions $ALL | awk '/^Package:/{p=$2} /^Section:/{sub(".*/","",$2); s=$2} /^$/{if (s ~ /^(devel|libdevel|python)$/) print p}')
MINE=$(printf '%s\n' $WANT $OWN | sort -u)
for p in $MINE; do
  compgen -G "$W/debs/${p}_*.deb" >/dev/null || ( cd "$W/debs" && papt download "$p" >/dev/null )
done

say "unpack $(find "$W/debs" -name '*.deb' | wc -l) packages"
R=$W/root; mkdir -p "$R"; : >"$W/programs"
for d in "$W"/debs/*.deb; do
  case ${d##*/} in libc6_*|libc-bin_*) continue ;; esac   # the loader and its libc must be of one version: the host's
  p=${d##*/}; p=${p%%_*}
  if grep -qxF -- "$p" <<<"$MINE"; then
    dpkg-deb --fsys-tarfile "$d" | tar -t | sed -n 's|^\./\(usr/\)\{0,1\}bin/\([^/][^/]*\)$|\2|p' >>"$W/programs"
  fi
  unpack "$d" "$R" --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/lintian --exclude=./usr/share/locale
done
one_usr "$R"
# a symlink to an absolute path means a file of the same package: point it inside the tree
find "$R" -type l -lname '/*' -print0 | while IFS= read -r -d '' l; do
  t=$(readlink "$l")
  if [ -e "$R$t" ] || [ -L "$R$t" ]; then ln -sfn "$(realpath -ms --relative-to="$(dirname "$l")" "$R$t")" "$l"; fi
done

# every folder that holds shared libraries, in the wrappers' LD_LIBRARY_PATH; children inherit it, which is
# right: these are libraries of the host's own release that the host merely lacks
LIBS=$(cd "$R" && find usr/lib -maxdepth 2 -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u |
  { p=; while read -r l; do p="$p${p:+:}\$r/$l"; done; printf '%s' "$p"; })
mkdir "$R/bin"
sort -u "$W/programs" | while read -r n; do   # not those of packages that only came along
  printf '#!/bin/sh\ns=$(readlink -f -- "$0")\nr=${s%%/bin/*}\nLD_LIBRARY_PATH="%s${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$r/usr/bin/%s" "$@"\n' "$LIBS" "$n" >"$R/bin/$n"
  chmod +x "$R/bin/$n"
done
printf '%s\n' "$STAMP" >"$R/.packages"
rm -rf "$DEST"; mv "$R" "$DEST"
say "ready in $DEST"
