# What a script needs from the system, for tour and check, which say `. tools/need.sh` and then `need PACKAGE…`.
# Installs by apt what is missing: as root, or by sudo. Where neither goes, prints the one line to run and ends the script.

missing_packages() {
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
  done
}

need() {
  if ! command -v dpkg-query >/dev/null; then
    echo "This is no Debian: $0 counts on what these packages of Debian hold, and goes on: $*" >&2
    return
  fi
  local missing as_root
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" = 0 ]; then
    as_root=
  elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    as_root=sudo
  else
    echo "Something is missing, and only root can install it. Run this once, then $0 again:" >&2
    echo "  su -c 'apt-get update && apt-get install -y --no-install-recommends ${missing% }'" >&2
    exit 1
  fi
  echo "Installing what is missing: $missing" >&2
  local log
  log=$(mktemp)
  # shellcheck disable=SC2086    # words
  if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "apt could not install: $missing" >&2
    exit 1
  fi
  rm -f "$log"
}
