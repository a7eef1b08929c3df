#!/usr/bin/env bash
# Builds the release of an earlier commit for the upgrade stage of `make kube-real`, into .tools/kube/before:
# `tools/release-before.sh COMMIT` leaves the sources with everything built, the packed charts, and the images
# as archives under the tag `before`, all by the tools of that commit. `tools/release-before.sh COMMIT charts`
# leaves out the images. It needs what `make images` needs; what is there already is kept.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
commit=$(git rev-parse --verify "${1:?name a commit}^{commit}") what=${2:-images}
mkdir -p .tools/kube/before
out=$(readlink -f .tools/kube/before)
say() { echo "release-before: $*"; }
[ "$(cat "$out/commit" 2>/dev/null)" = "$commit" ] || rm -rf "${out:?}"/*

if [ ! -d "$out/charts" ]; then
  rm -rf "$out/source"; mkdir -p "$out/source"
  git archive "$commit" | tar -x -C "$out/source"
  cd "$out/source"
  npm ci --ignore-scripts --no-audit --no-fund --prefer-offline >"$out/npm.log" 2>&1 \
    || { tail -n 5 "$out/npm.log"; exit 1; }
  mkdir -p .tools
  for program in helm helm.version kubectl; do
    [ ! -e "$root/.tools/$program" ] || ln -sf "$root/.tools/$program" .tools/
  done
  make -s build charts
  node deploy/dist/src/pack.main.js "$out/packed" >/dev/null
  echo "$commit" > "$out/commit"
  mv "$out/packed/charts" "$out/charts"
  say "charts of ${commit:0:8} in $out/charts"
fi
[ "$what" = images ] || exit 0

cd "$out/source"
mkdir -p .tools/images
# The roots of Debian take minutes, and are the same.
for folder in rootfs slim sandbox; do
  [ -e ".tools/images/$folder" ] || [ ! -d "$root/.tools/images/$folder" ] \
    || ln -s "$(readlink -f "$root/.tools/images/$folder")" .tools/images/
done
sed -i 's/:0\.1\.0/:before/g' tools/images.sh
services=$(cd "$out/charts/noema/charts" && for chart in *; do [ "$chart" = service ] || echo "$chart"; done)
mkdir -p "$out/images"
for service in $services; do
  [ ! -f "$out/images/$service.tar" ] || continue
  bash tools/images.sh "$service"
  buildah push -q "localhost/noema/$service:before" \
    "docker-archive:$out/images/$service.part:ghcr.io/noema/$service:before" >/dev/null
  mv "$out/images/$service.part" "$out/images/$service.tar"
done
say "images of ${commit:0:8} in $out/images"
