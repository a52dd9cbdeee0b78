#!/usr/bin/env bash
# A private Emscripten for Debian 12 and 13 (amd64): no root, and the system is not changed.
#   emscripten (scripts and prebuilt wasm sysroot, the same for every machine) and binaryen: from $EMSCRIPTEN_SUITE
#   clang, lld and llvm of the major version that this emscripten asks for: from the host's own release
#   binaryen alone runs on a private copy of that suite's C library, through a loader wrapper (no chroot).
# Everything comes through apt, signed, from the mirror that this machine already uses; nothing is compiled.
#   usage: emscripten.sh [DEST]        then: . DEST/env.sh
# A good emcc on PATH, then the one of $EMSDK, is used instead of making one.
# env: SHIWU_TOOLCHAIN_DIR       the parent of DEST's default (.toolchain of the project)
#      EMSCRIPTEN_MIN=3.1.60     the oldest emcc that will do: the first with everything the build asks for
#      EMSCRIPTEN_SUITE=trixie   the Debian suite whose emscripten is taken
#      EMSCRIPTEN_FORCE=1        ignore an emcc on PATH and in EMSDK
#      EMSCRIPTEN_FULL=1         keep the -fPIC and rarely used libraries: 1.9 GB of disk instead of 0.85 GB
# exit status: 0 ready; 1 failed; 3 this system is not one that the recipe knows (the remedy is printed)
set -euo pipefail
TOOL=emscripten
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/apt-private.sh"
DEST=$(realpath -m "${1:-${SHIWU_TOOLCHAIN_DIR:-$HERE/../../.toolchain}/emscripten}")
MIN=${EMSCRIPTEN_MIN:-3.1.60} SUITE=${EMSCRIPTEN_SUITE:-trixie} FULL=${EMSCRIPTEN_FULL:-0}
HOST=$(host_os VERSION_CODENAME)
RECIPE="3 $HOST $SUITE full=$FULL"
ver() { "$1" --version 2>/dev/null | sed -n '1s/^emcc.* \([0-9][0-9.]*\).*/\1/p'; }
ge() { [ -n "$1" ] && [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }
smoke() { node "$HERE/smoke.mjs" "$1"; }
finish() { # $1 = directory of emcc
  mkdir -p "$DEST"
  { printf 'case ":$PATH:" in *":%s:"*) ;; *) export PATH="%s:$PATH" ;; esac\n' "$1" "$1"
    printf 'export EMSCRIPTEN_CMAKE_TOOLCHAIN="%s"\n' "$("$1/em-config" EMSCRIPTEN_ROOT)/cmake/Modules/Platform/Emscripten.cmake"
  } >"$DEST/env.sh"
  say "$(ver "$1/emcc") ready: . $DEST/env.sh"; exit 0
}
EMSDK_LINES='git clone https://github.com/emscripten-core/emsdk && cd emsdk && ./emsdk install 3.1.69 && ./emsdk activate 3.1.69 && . ./emsdk_env.sh'
unknown() { say "$1"; say "remedy: $2"; exit 3; }

# 0. what emcc itself needs from the host
command -v node >/dev/null || die "node (>= 18) is needed on PATH"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || die "node >= 18 is needed, found $(node --version)"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null ||
  die "python3 >= 3.8 is needed on PATH: 'apt-get install python3', or without root '$HERE/debian-packages.sh FOLDER python3' and FOLDER/bin on PATH"

# 1. made by this recipe before?  2. a good emcc on PATH or in EMSDK?
if [ "$(cat "$DEST/.recipe" 2>/dev/null)" = "$RECIPE" ] && ge "$(ver "$DEST/bin/emcc")" "$MIN"; then finish "$DEST/bin"; fi
if [ "${EMSCRIPTEN_FORCE:-0}" != 1 ]; then
  for e in "$(command -v emcc || true)" "${EMSDK:+$EMSDK/upstream/emscripten/emcc}"; do
    [ -n "$e" ] && [ -x "$e" ] && [ "$e" != "$DEST/bin/emcc" ] || continue
    v=$(ver "$e" || true)
    if ge "$v" "$MIN" && smoke "$(dirname "$e")"; then say "using $e"; finish "$(dirname "$e")"; fi
    say "$e (${v:-version unknown}) is older than $MIN or does not work here"
  done
fi

# 3. is this a system that the recipe knows? If not: what exactly, and what to do instead
ID=$(host_os ID); ARCH=$(dpkg --print-architecture 2>/dev/null || uname -m)
case "$ID $HOST" in
  "debian bookworm"|"debian trixie") ;;
  ubuntu*) unknown "$(host_os PRETTY_NAME): the recipe takes clang and emscripten from Debian's archive, which Ubuntu's libraries do not fit" \
    "Ubuntu 25.04 and later: 'sudo apt-get install emscripten'; earlier ones (their emscripten is older than $MIN): $EMSDK_LINES" ;;
  debian*) unknown "Debian ${HOST:-without a code name}: the recipe knows Debian 12 (bookworm) and 13 (trixie)" \
    "newer than 13: 'sudo apt-get install emscripten'; older than 12: $EMSDK_LINES" ;;
  *) unknown "$(host_os PRETTY_NAME): the recipe knows Debian 12 and 13 only" "$EMSDK_LINES" ;;
esac
[ "$ARCH" = amd64 ] || unknown "Debian on $ARCH: the recipe is written for amd64 (its loader wrapper names amd64's libraries)" \
  "Debian 13: 'sudo apt-get install emscripten'; Debian 12 on arm64: $EMSDK_LINES"
enough_disk "$DEST" 3000000

# 4. an apt of our own, that sees the host's release and, below it, $SUITE
mkdir -p "$(dirname "$DEST")"
W=$(mktemp -d "$DEST.tmp.XXXXXX"); trap 'rm -rf "$W"' EXIT
mkdir -p "$W"/{debs,root}
say "package lists of $HOST and $SUITE"
private_apt "$W/apt" host "$SUITE"
EV=$(pcache madison emscripten | awk -F' *[|] *' -v s="$SUITE" '$3 ~ "[ /]"s"/" && !n++ {print $2}')
[ -n "$EV" ] || die "no emscripten in $SUITE: choose another EMSCRIPTEN_SUITE"
ge "${EV%%[+~-]*}" "$MIN" || die "$SUITE has emscripten $EV, older than $MIN: choose another EMSCRIPTEN_SUITE"
L=$(pcache show "emscripten=$EV" | sed -n 's/^Depends:.* clang-\([0-9]*\).*/\1/p')
[ -n "$L" ] || die "cannot read clang's version from emscripten $EV"
pcache madison "clang-$L" | grep "[ /]$HOST[/-]" >/dev/null ||
  die "$HOST has no clang-$L, which emscripten $EV needs: choose another EMSCRIPTEN_SUITE"
LV=$(pcache policy "clang-$L" | sed -n 's/^ *Candidate: //p')

# 5. LLVM's two big libraries with whatever of their own the host lacks; the rest by name alone, because
#    their dependencies (a native C++ library, Node, Python) are either not used or checked above
say "download emscripten $EV, LLVM $LV (about 190 MB)"
papt -y --no-install-recommends --download-only install "libllvm$L" "libclang-cpp$L" >"$W/log" 2>&1 ||
  { cat "$W/log" >&2; die "apt cannot resolve LLVM's libraries here; if it speaks of broken packages, 'apt-get -f install' as root mends them"; }
find "$W/apt/cache/archives" -maxdepth 1 -name '*.deb' -exec mv -t "$W/debs" {} +
rm -f "$W"/debs/libc6_*    # a libc for the host's own programs is the host's matter
NAMES="clang-$L lld-$L llvm-$L libclang-common-$L-dev emscripten=$EV"
for p in "libllvm$L" "libclang-cpp$L"; do compgen -G "$W/debs/${p}_*.deb" >/dev/null || NAMES+=" $p"; done   # the host has it: we still want ours
mkdir "$W/suite"
( cd "$W/debs" && papt download $NAMES )
( cd "$W/suite" && papt download binaryen/"$SUITE" node-acorn/"$SUITE" libc6/"$SUITE" libgcc-s1/"$SUITE" libstdc++6/"$SUITE" )

# 6. unpack
say "unpack"
R=$W/root
PRUNE=(--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/emscripten/test --exclude=./usr/share/emscripten/docs --exclude=./usr/share/lintian)
if [ "$FULL" != 1 ]; then
  S=./usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten
  PRUNE+=("--exclude=$S/pic" "--exclude=$S/lto-pic" "--exclude=$S/lto/*asan*"
          "--exclude=$S/*libwasmfs-ww*" "--exclude=$S/*libwasmfs-*asan*" "--exclude=$S/*libwasmfs-*icase*")
fi
mkdir -p "$R/private/lib" "$R/private/bin"
for d in "$W"/debs/*.deb "$W"/suite/node-acorn_*.deb; do unpack "$d" "$R" "${PRUNE[@]}"; rm -f "$d"; done
one_usr "$R"
for d in "$W"/suite/*.deb; do               # the private loader and libraries, and binaryen that runs on them
  mkdir "$W/x"; unpack "$d" "$W/x"
  case ${d##*/} in
    binaryen_*) cp -a "$W"/x/usr/bin/* "$R/private/bin/"; cp -a "$W"/x/usr/lib/*/libbinaryen* "$R/private/lib/" ;;
    *) find "$W/x" \( -name 'ld-linux-x86-64.so.*' -o -name 'libc.so.6' -o -name 'libm.so.6' -o -name 'libpthread.so.0' \
        -o -name 'libdl.so.2' -o -name 'libgcc_s.so.1' -o -name 'libstdc++.so.6*' \) ! -path '*/gdb/*' \( -type f -o -type l \) \
        ! -path '*/lib64/*' -exec cp -a {} "$R/private/lib/" \; ;;
  esac
  rm -rf "$W/x" "$d"
done
[ -x "$R/private/lib/ld-linux-x86-64.so.2" ] || die "no loader in $SUITE's libc6"

# 7. glue, all of it relative to the tree, so that the tree can be moved or cached
for f in "$R"/usr/bin/*-"$L"; do      # /usr/bin/clang-19 -> ../lib/llvm-19/bin/clang becomes a wrapper that finds its libraries
  [ -L "$f" ] || continue
  n=$(basename "$(readlink "$f")"); rm "$f"; [ -x "$R/usr/lib/llvm-$L/bin/$n" ] || continue
  printf '#!/bin/sh\nr=${0%%/*}/../lib\nLD_LIBRARY_PATH="$r/x86_64-linux-gnu" exec "$r/llvm-%s/bin/%s" "$@"\n' "$L" "$n" >"$f"; chmod +x "$f"
done
mkdir -p "$R/binaryen/bin" "$R/bin"
for f in "$R"/private/bin/*; do
  n=${f##*/}
  printf '#!/bin/sh\np=${0%%/*}/../../private\nexec "$p/lib/ld-linux-x86-64.so.2" --library-path "$p/lib" "$p/bin/%s" "$@"\n' "$n" >"$R/binaryen/bin/$n"
  chmod +x "$R/binaryen/bin/$n"
done
E=$R/usr/share/emscripten
mkdir -p "$E/node_modules"; ln -s ../../nodejs/acorn "$E/node_modules/acorn"   # a node not from Debian does not search /usr/share/nodejs
# Node decides by the nearest package.json what a .js file is; without one here it would find that of the project around us
printf '{ "private": true, "type": "commonjs" }\n' >"$R/package.json"
cat >"$E/.emscripten" <<'PY'
import os, shutil
from tools import utils
_r = os.path.abspath(utils.path_from_root('../../..'))
LLVM_ROOT = os.path.join(_r, 'usr', 'bin')
BINARYEN_ROOT = os.path.join(_r, 'binaryen')
NODE_JS = shutil.which('node') or shutil.which('nodejs')
CLOSURE_COMPILER = shutil.which('google-closure-compiler')  # from npm, if on PATH: --closure=1
FROZEN_CACHE = True  # every library is prebuilt; nothing is written, so builds may run side by side
PY
printf "LLVM_ADD_VERSION = '%s'\nCLANG_ADD_VERSION = '%s'\n" "$L" "$L" >>"$E/.emscripten"
for t in emcc em++ emar emranlib emnm emstrip emsize emcmake emconfigure emmake embuilder em-config emrun emdwp emsymbolizer; do
  [ -x "$E/$t" ] || continue
  printf '#!/bin/sh\ns=$(readlink -f -- "$0")\nexec "${s%%/bin/*}/usr/share/emscripten/%s" "$@"\n' "$t" >"$R/bin/$t"; chmod +x "$R/bin/$t"
done

# 8. check, then put in place
GOT=$(ver "$R/bin/emcc") || true
ge "$GOT" "$MIN" || die "the new emcc does not start (got '${GOT}')"
smoke "$R/bin" || die "the new emcc failed its smoke test"
{ echo "emscripten $EV"; echo "llvm $LV"; "$R/binaryen/bin/wasm-opt" --version; } >"$R/VERSIONS"
printf '%s\n' "$RECIPE" >"$R/.recipe"
if [ -e "$DEST" ]; then
  [ -e "$DEST/.recipe" ] || [ "$(ls -A "$DEST")" = env.sh ] || [ -z "$(ls -A "$DEST")" ] || die "$DEST holds something else: remove it or choose another folder"
  rm -rf "$DEST"
fi
mv "$R" "$DEST"
finish "$DEST/bin"
