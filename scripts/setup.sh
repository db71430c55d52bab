# Shared by scripts/kmsh and scripts/test: finds the project, installs what it builds with.
# Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

# need PATH PACKAGE WHY: a package is missing when the file it brings is.
missing_packages=()
need() {
  if [ ! -e "$1" ]; then
    missing_packages+=("$2")
    say "missing: $2 ($3)"
  fi
}

need_build_packages() {
  need /usr/include/lua5.4/lua.h liblua5.4-dev 'the Lua that kmsh embeds'
  need /usr/include/openssl/evp.h libssl-dev 'its cryptography'
  need /usr/include/histedit.h libedit-dev 'its prompt'
  need /usr/include/sqlite3.h libsqlite3-dev 'its workspace file'
}

need_test_packages() {
  need /usr/bin/luacheck lua-check 'checks the Lua files'
  need /usr/bin/openssl openssl 'what keys and ciphertexts are exchanged with'
  need /usr/lib/python3/dist-packages/cryptography/__init__.py python3-cryptography \
    'what keys and ciphertexts are exchanged with'
  need /usr/bin/lua5.4 lua5.4 'what running a script is compared with'
  need /usr/bin/cc gcc 'makes the module in C that a sandbox refuses'
}

# Installs what `need` found missing; asks for nothing when all is there.
install_packages() {
  [ "${#missing_packages[@]}" -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
      say "error: install these as root: apt-get install ${missing_packages[*]}"
      exit 1
    }
    as_root=(sudo)
  fi
  say "installing: ${missing_packages[*]}"
  "${as_root[@]}" apt-get update --quiet=2 >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --quiet=2 --no-install-recommends "${missing_packages[@]}" >&2
}

need_swift() {
  command -v swift >/dev/null || {
    say 'error: the Swift toolchain is missing'
    say 'hint: install Swift 6.3 from https://www.swift.org/install and put it on PATH'
    exit 1
  }
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p')
  # shellcheck disable=SC2086  # two words are wanted
  set -- $version
  if [ "${1:-0}" -lt 6 ] || { [ "$1" -eq 6 ] && [ "${2:-0}" -lt 3 ]; }; then
    say "error: kmsh needs Swift 6.3 or later, this is ${1:-?}.${2:-?}"
    exit 1
  fi
}
