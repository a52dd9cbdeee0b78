# Sourced by emscripten.sh and debian-packages.sh: an apt of our own beside the system's.
# It has its own sources, lists and cache, and reads a copy of the host's package status, so it needs
# no root and changes nothing on the system; the host's proxy and authentication settings stay in force.
# Everything comes signed from the mirror that this machine already uses.
# shellcheck shell=bash

say() { printf '%s: %s\n' "${TOOL:-toolchain}" "$*" >&2; }
die() { say "error: $*"; exit 1; }

host_os() { (. /etc/os-release 2>/dev/null && eval "printf '%s' \"\${$1:-}\""); }

# apt's own list of this machine's package indexes, one "SITE RELEASE COMPONENT" a line
apt_targets() {
  apt-get indextargets --no-release-info --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null | sort -u
}

# private_apt DIR STATUS [EXTRA_SUITE [TYPE]]: prepares DIR and runs `update` there. Afterwards the functions
# papt (apt-get) and pcache (apt-cache) use it. STATUS is `host` (dependencies the host has count as
# present) or `empty`. EXTRA_SUITE, at low priority, comes from the mirror of the host's own suite. TYPE `deb-src`
# reads the lists of source packages instead.
private_apt() {
  local dir=$1 status=$2 extra=${3:-} type=${4:-deb} code mirror key signed= c
  for c in apt-get apt-cache dpkg-deb tar; do command -v "$c" >/dev/null || die "$c not found: this needs Debian or a system like it"; done
  code=$(host_os VERSION_CODENAME)
  mirror=$(apt_targets | awk -v h="$code" '$2==h && !n++ {print $1}')
  [ -n "$mirror" ] || die "apt has no source for '$code' on this machine: add the distribution's main archive to /etc/apt/sources.list"
  key=/usr/share/keyrings/$(host_os ID)-archive-keyring.gpg
  [ ! -r "$key" ] || signed="[signed-by=$key] "

  mkdir -p "$dir"/{lists/partial,cache/archives/partial,state,log,none}
  if [ "$status" = host ]; then cp /var/lib/dpkg/status "$dir/status"; else : >"$dir/status"; fi
  { apt_targets | awk -v h="$code" -v k="$signed" -v t="$type" '$2==h || $2==h"-updates" || $2==h"-security" {print t " " k $1 " " $2 " " $3}'
    [ -z "$extra" ] || echo "$type $signed$mirror $extra main"; } | sort -u >"$dir/sources.list"
  : >"$dir/pin"
  [ -z "$extra" ] || [ "$extra" = "$code" ] || printf 'Package: *\nPin: release n=%s\nPin-Priority: 100\n' "$extra" >"$dir/pin"
  cat >"$dir/conf" <<CONF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Install::Pre-Invoke;
#clear APT::Install::Post-Invoke-Success;
Dir::Etc::sourcelist "$dir/sources.list";  Dir::Etc::sourceparts "$dir/none";
Dir::Etc::preferences "$dir/pin";          Dir::Etc::preferencesparts "$dir/none";
Dir::State "$dir/state";                   Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";          Dir::Log "$dir/log";
Dir::Cache "$dir/cache";                   Dir::Cache::archives "$dir/cache/archives";
Dir::Cache::pkgcache "";                   Dir::Cache::srcpkgcache "";
Acquire::Languages "none";                 Acquire::Retries "3";
APT::Sandbox::User "root";                 APT::Install-Recommends "false";
APT::Keep-Downloaded-Packages "true";      DPkg::Lock::Timeout "0";
CONF
  APT_CONF=$dir/conf
  papt() { apt-get -c "$APT_CONF" -qq "$@"; }
  pcache() { apt-cache -c "$APT_CONF" "$@"; }
  papt update || die "apt could not read the package lists: look at the lines above (network, proxy or clock), then run the same command again"
}

# unpack DEB INTO [tar options]
unpack() { dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner "${@:3}"; }

# one_usr ROOT: /lib, /bin, /sbin of older packages move into /usr, where the rest is
one_usr() {
  local d
  for d in lib lib64 bin sbin; do
    [ -d "$1/$d" ] && [ ! -L "$1/$d" ] || continue
    mkdir -p "$1/usr/$d"; cp -a "$1/$d/." "$1/usr/$d/"; rm -rf "${1:?}/$d"
  done
}

# enough_disk DIR KB
enough_disk() {
  local d=$1
  while [ ! -d "$d" ]; do d=$(dirname "$d"); done
  [ "$(df --output=avail -k "$d" | tail -n1)" -gt "$2" ] || die "about $(($2 / 1000000 + 1)) GB of free disk is needed under $1"
  [ -w "$d" ] || die "$d is not writable: choose another place with SHIWU_TOOLCHAIN_DIR"
}
