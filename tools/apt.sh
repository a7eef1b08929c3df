# Sourced by the scripts that install Debian packages.

# How long to wait for another package manager to finish, in seconds.
APT_LOCK_SECONDS=${NOEMA_APT_LOCK_SECONDS:-600}

# Installs Debian packages where we may; waits while another package manager holds the lock.
# Fails, after its last words, when a package cannot be installed.
apt_install() {
  local log waited=0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "install these by hand: $*"
    return 1
  fi
  log=$(mktemp)
  until DEBIAN_FRONTEND=noninteractive timeout 900 bash -c \
    'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"' _ "$@" >"$log" 2>&1; do
    if ! grep -qE 'Could not get lock|Unable to (acquire|lock)' "$log" \
      || [ "$waited" -ge "$APT_LOCK_SECONDS" ]; then
      tail -n 5 "$log"
      rm -f "$log"
      return 1
    fi
    [ "$waited" -gt 0 ] || echo "another package manager is at work; waiting for it up to $APT_LOCK_SECONDS s"
    sleep 1; waited=$((waited + 1))
  done
  rm -f "$log"
}
