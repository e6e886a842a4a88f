#!/usr/bin/env bash
# Unpack programs of a Debian suite into a folder of their own: no root, nothing installed, no service started.
#   unpack_debian.sh DEST SUITE "PACKAGE ..." "PROGRAM ..."
# Uses the mirror the machine already uses, checks signatures with the system's keyring, and starts each program
# through the suite's own dynamic linker, so that a newer suite's programs run on an older system. DEST/bin/PROGRAM.
set -euo pipefail
dest=$1 suite=$2 packages=$3 programs=$4
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || { echo "no Debian keyring on this machine" >&2; exit 3; }
uri=$(awk '/^URIs:/{print $2; exit}' /etc/apt/sources.list.d/debian.sources 2>/dev/null || true)
[ -n "$uri" ] || uri=$(awk '$1=="deb"{for(i=2;i<=NF;i++) if($i ~ /^http/){print $i; exit}}' /etc/apt/sources.list)
[ "$suite" != this ] || suite=$(. /etc/os-release && echo "$VERSION_CODENAME")

mkdir -p "$dest/bin" "$dest/root"
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt"/{lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,etc/trusted.gpg.d}
: > "$apt/status"
echo "deb [signed-by=$keyring arch=amd64] $uri $suite main" > "$apt/sources.list"
options=(-o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null
  -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
  -o APT::Architecture=amd64 -o APT::Architectures=amd64 -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)"
  -o Acquire::Languages=none -o Dpkg::Post-Invoke= -o DPkg::Post-Invoke= -o APT::Update::Post-Invoke=)
apt-get "${options[@]}" -qq update
# shellcheck disable=SC2086  # a list of names
apt-get "${options[@]}" -qq -y --no-install-recommends --download-only install $packages >/dev/null
for package in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$package" "$dest/root"; done

root=$(cd "$dest/root" && pwd)
loader=$(find "$root/usr/lib64" "$root/lib64" -name 'ld-linux-x86-64.so.2' 2>/dev/null | head -1 || true)
library=$root/usr/lib/x86_64-linux-gnu
libraries=$library:$root/lib/x86_64-linux-gnu:$library/mysql/private:$root/usr/lib/mysql/private
for program in $programs; do
  file=$(find "$root/usr/sbin" "$root/usr/bin" -name "$program" 2>/dev/null | head -1 || true)
  [ -n "$file" ] || { echo "$suite has no $program" >&2; exit 4; }
  # Resolved when it runs, so that DEST may be moved as a whole.
  printf '#!/bin/sh\nhere=$(cd "$(dirname "$0")/.." && pwd)\nexec "$here/root%s" --library-path "%s" "$here/root%s" "$@"\n' \
    "${loader#"$root"}" "$(printf %s "$libraries" | sed "s#$root#\$here/root#g")" "${file#"$root"}" > "$dest/bin/$program"
  chmod +x "$dest/bin/$program"
done
rm -rf "$root"/usr/share/{doc,man,locale,zoneinfo} "$root"/usr/share/mysql-test
