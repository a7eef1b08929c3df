# Noema: every target is idempotent, says what it does and how long it took. `make` alone prints this help.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export NX_DAEMON := false
export NX_TUI := false

took = echo "make $@: $$(( $$(date +%s) - start )) s" >&2
begin = start=$$(date +%s)

.PHONY: help install build browser servers charts secrets kube kube-real images demo cluster faults faults-long \
  test zoo format lint bench proto native clean affected fast python python-test

help: ## Print this help
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 } \
	  /^## / { printf "                   %s\n", substr($$0, 4) }' $(MAKEFILE_LIST)

install: node_modules/.package-lock.json ## Install what the lockfile names (only when it changed)

node_modules/.package-lock.json: package-lock.json
	@$(begin); npm ci --no-audit --no-fund >&2; touch $@; echo "make install: $$(( $$(date +%s) - start )) s" >&2

build: install ## Compile every package and bundle the page
	@$(begin); npm run -s build; $(MAKE) -s $(page); $(took)

# Bundled again only when something of it changed.
page := apps/web/dist/page/index.html
page_sources := apps/web/{src,public,index.html,vite.config.ts} \
  libs/{kernel,contracts,rest,scatterplot}/src
$(page): $(shell find $(page_sources) -type f 2>/dev/null) package-lock.json
	@cd apps/web && vite build --logLevel warn

browser: ## Find Chromium, or install it where apt can; the tests of the page are skipped without one
	@$(begin); tools/browser.sh; $(took)

servers: ## Fetch the real servers that tests and `make cluster` use: NATS, SeaweedFS (S3), bubblewrap
	@$(begin); tools/servers.sh; $(took)

charts: build ## Write what the Helm charts take from the settings (schemas, tables); fetch helm
	@$(begin); tools/helm.sh; node deploy/dist/src/main.js; $(took)

secrets: build ## Print new Secrets for an installation by Helm, with bundled servers;
## `ARGS='--database host:5432/noema'` for another
	@node deploy/dist/src/secrets.main.js $(ARGS)

kube: ## Build a real Kubernetes control plane for the tests of the charts (once some minutes)
	@$(begin); tools/helm.sh; tools/kube.sh; $(took)

kube-real: build servers ## Start a real Kubernetes of one node, install the images of
## `make images` by docs/operations.md, run helm test, walk, load alarms
## and dashboards into Prometheus, train again while pods and the node's
## programs are killed (NOEMA_KILL_SECONDS, NOEMA_KILL_SEED), schedule
## workers on GPUs that do not exist, become production.yaml (KEDA, mutual
## TLS, OpenID, a browser), end (as root, on cgroups of version 1);
## `ARGS="--only walk"` takes these stages only;
## `ARGS=--keep` leaves it up; `ARGS='--before .tools/kube/before'` first
## installs what `tools/release-before.sh` built, and upgrades under load
	@$(begin); tools/helm.sh; tools/kube.sh node; node deploy/dist/test/real/kube-real.main.js $(ARGS); \
	code=$$?; $(took); exit $$code

images: build ## Build the images of the services by buildah, and start each from its read-only root
	@$(begin); tools/images.sh; $(took)

demo: build ## Start the platform, do the walk on 10,000 real digits, keep serving
	@node apps/cli/dist/src/main.js demo

cluster: build servers ## Start the cluster set-up: NATS, S3, PostgreSQL, every service,
## two workers of each kind and two teams, all processes
	@$(begin); node apps/cli/dist/src/main.js up --cluster; $(took)

faults: build servers native ## Run every row of docs/reliability.md, with the cluster set-up
## and 75 s of random kills, and print the table
	@$(begin); vitest run -c vitest.faults.config.ts; $(took)

faults-long: build servers ## Kill parts of the cluster set-up at random for 10 minutes
## (NOEMA_KILL_SECONDS, NOEMA_KILL_SEED)
	@$(begin); export NOEMA_KILL_SECONDS=$${NOEMA_KILL_SECONDS:-600}; \
	vitest run -c vitest.faults.config.ts --project cluster kill-loop; $(took)

test: build ## Run every test: units, adapters on real Postgres, services, the whole walk
	@$(begin); tools/python-current.sh; vitest run; $(took)

zoo: build ## Take 21 kinds of other people's data and 26 networks through the platform,
## recompute all in Python, write docs/zoo.md; then open model files of a dozen tools;
## `ARGS='wine digits/cnn'` for single cells
	@$(begin); tools/zoo.sh; node e2e/dist/zoo/zoo.main.js $(ARGS); \
	[ -n "$(ARGS)" ] || node bench/dist/src/models/models.main.js; $(took)

fast: build ## Run a fast part of the tests: six libraries, and one platform whose network has two outputs
	@$(begin); vitest run libs/{kernel,layers,onnx,integration,rest,perception}/dist \
	e2e/dist/test/outputs.e2e.js; $(took)

format: install ## Format all TypeScript, JavaScript and CSS
	@$(begin); biome format --write .; $(took)

lint: build ## Format, types, style, plain English, import boundaries, protos
	@$(begin); biome format .; \
	oxlint --type-aware; eslint . --cache --cache-location .nx/eslint/; \
	depcruise {libs,services,apps,examples}/*/src bench/src deploy/src e2e/src \
	  --config .dependency-cruiser.cjs; \
	node tools/plain-english.mjs; buf lint; $(took)

bench: build ## Measure against the peers in Python on this machine, up to an hour,
## and write docs/benchmarks.md; `ARGS='umap-10k walk'` for single rows,
## `ARGS=insights` for planted and null settings of insights (docs/insights.md)
	@$(begin); node bench/dist/src/$(if $(filter insights,$(ARGS)),insights/insights,table/table).main.js \
	$(filter-out insights,$(ARGS)); $(took)

proto: install ## Generate TypeScript from the protos
	@$(begin); buf lint; buf generate; $(took)

native: install ## Prepare the optional native parts and say what is missing
## (`ARGS="cuda tensorflow-gpu"` those for GPUs)
	@$(begin); tools/native-packages.sh; node tools/native.mjs $(ARGS); $(took)

python: ## Build the wheel of the Python package, and install it with its tools
## in sdks/python/.venv (PYTHON names the interpreter)
	@$(begin); tools/python-package.sh; tools/python-torch.sh; $(took)

python-test: python ## Run lint, types and tests of the Python package
	@$(begin); cd sdks/python; .venv/bin/ruff check src tests; pyright --pythonpath .venv/bin/python; \
	.venv/bin/mypy; .venv/bin/pytest -q; $(took)

affected: build ## Build, lint and test only what the last change touches (Nx)
	@$(begin); nx affected -t build lint test --base=HEAD~1; oxlint --type-aware; $(took)

clean: ## Remove what was built and the demo's data; keep node_modules
	@$(begin); rm -rf .nx .noema .noema-cluster {libs,services,apps,examples}/*/dist \
	{e2e,bench,deploy}/dist dist sdks/python/{.venv,dist}; $(took)
