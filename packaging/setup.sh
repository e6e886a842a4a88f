#!/usr/bin/env bash
# Make this checkout ready to run: system libraries (apt), .venv, locked Python packages.
# Repeatable and quiet when nothing is to do. Root is needed for apt alone, and only when a package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

# What Qt, its xcb plugin, the virtual display and zbar need on a bare Debian or Ubuntu.
PACKAGES=(libgl1 libegl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-shape0 libxcb-render-util0
  libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1 libxcb-randr0 xvfb xauth libzbar0)

# What moves the pointer and presses the keys of the tests on a display.
[ "${1:-}" != test ] || PACKAGES+=(libxtst6)

# What tests on real servers need beside the programs they unpack for themselves: Java, and Maven for the broker's jars.
command -v mvn >/dev/null && command -v java >/dev/null || [ "${1:-}" != test ] || PACKAGES+=(default-jre-headless maven)

missing_packages() {
  local name
  for name in "${PACKAGES[@]}"; do
    # Ubuntu 24.04 and Debian 13 renamed some of these with a t64 suffix.
    { dpkg-query -W -f='${Status}\n' "$name" "${name}t64" 2>/dev/null || true; } | grep -q 'ok installed' || printf '%s ' "$name"
  done
}

install_system_packages() {
  command -v dpkg-query >/dev/null || { say "not a Debian system: see docs/install.md for the libraries Qt and zbar need"; return 0; }
  local missing as_root answer
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ]; then as_root=""
  elif [ -t 0 ] && command -v sudo >/dev/null; then
    printf 'setup: these system packages are missing: %s\nsetup: install them with sudo apt-get now? [y/N] ' "$missing" >&2
    read -r answer
    case "$answer" in [yY]*) as_root="sudo" ;; *) say "going on without: $missing"; return 0 ;; esac
  else
    say "not root, going on with what is there; missing: $missing"
    say "to add them: sudo apt-get install $missing"
    return 0
  fi
  say "installing: $missing"
  export DEBIAN_FRONTEND=noninteractive
  $as_root apt-get update -qq || say "apt-get update failed, trying with the list at hand"
  # shellcheck disable=SC2086  # a list of names
  $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null \
    || say "apt-get could not install all of: $missing (the tests and 'doctor' name what they miss)"
}

find_python() {
  local name
  for name in "${PYTHON:-}" python3.11 python3.12 python3; do
    [ -n "$name" ] && "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null \
      && { command -v "$name"; return; }
  done
  say "needs Python 3.11 or 3.12 with the venv module (Debian: apt-get install python3-venv), or PYTHON=/path/to/it"
  exit 1
}

install_python_packages() {
  local stamp=.venv/.locked
  if [ -f "$stamp" ] && cmp -s "$stamp" <(cat packaging/lock/dev.txt pyproject.toml); then return; fi
  local python
  python=$(find_python)
  [ -x .venv/bin/python ] || { say "making .venv with $python"; "$python" -m venv .venv; }
  say "installing the locked Python packages (once, about 500 MB unpacked)"
  .venv/bin/python -m pip install --quiet --require-hashes -r packaging/lock/dev.txt
  .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
  cat packaging/lock/dev.txt pyproject.toml > "$stamp"
}

install_system_packages
install_python_packages
