# Everything a contributor runs. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go
LINT := cd tools && $(GO) build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint && cd .. && bin/golangci-lint

.PHONY: help
help: ## list what there is to run
	@grep -hE '^[a-z][a-z0-9-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## see it work on a made-up CRM, no account needed
	@$(GO) run ./cmd/sync demo

.PHONY: build
build: ## build the program into bin/bareme
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o bin/bareme ./cmd/sync

.PHONY: test
test: ## run every test; nothing to install
	$(GO) test -timeout 20m ./...

.PHONY: race
race: ## run the tests under the race detector
	$(GO) test -race -short -timeout 20m $$($(GO) list ./... | grep -v -e /cmd/ -e /chaos)
	$(GO) test -race -short -timeout 20m ./cmd/sync -run 'TestScripts/(walk|demo|both|companies|fit|forget)$$'

.PHONY: lint
lint: ## vet, format and lint
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo "not formatted: run gofmt -w on these"; exit 1; }
	@test -z "$$(git ls-files '*.fail')" || { git ls-files '*.fail'; echo "rapid's notes of a failure are not for the repository: git rm these, and keep the case as a test"; exit 1; }
	$(GO) vet ./...
	$(LINT) run ./...
	@for d in deploy/helm/tests deploy/image; do (cd $$d && $(CURDIR)/bin/golangci-lint run ./...) || exit 1; done

.PHONY: generate
generate: ## write the generated files anew (schema, configuration reference)
	$(GO) generate ./...

.PHONY: generated
generated: generate ## check that the generated files are current
	@git diff --exit-code -- docs modelfile || { echo "generated files are out of date: run make generate and commit"; exit 1; }

.PHONY: tidy
tidy: ## check that go.mod lists what is used and nothing else
	$(GO) mod tidy -diff

.PHONY: chaos
chaos: ## break workers, database and network for a while, and see that the scores are right (LASTING=2m, SEED=1)
	$(GO) test ./chaos -run Storm -count=1 -v -timeout 30m -lasting $(or $(LASTING),20s) -seed $(or $(SEED),1)

.PHONY: fuzz
fuzz: ## fuzz every parser for a few seconds each (FUZZTIME=5s)
	@scripts/fuzz $(or $(FUZZTIME),5s)

.PHONY: bench
bench: ## print the tables of docs/performance.md (half an hour)
	$(GO) run ./cmd/bench

.PHONY: bench-short
bench-short: ## the same tables on small populations (two or three minutes)
	$(GO) run ./cmd/bench -short

.PHONY: bench-scale
bench-scale: ## a million people by 1, 2 and 4 replicas on PostgreSQL, how costs grow, and a plan to 100 million (a quarter of an hour; WHOLE=1: and a million real-paced writes, half an hour more)
	$(GO) run ./cmd/bench -only scale $(if $(WHOLE),-whole)

.PHONY: bench-scale-short
bench-scale-short: ## the same tables for 10,000 people and two replicas (seconds)
	$(GO) run ./cmd/bench -short -only scale

.PHONY: models
models: ## prove what is learnt from history on public data sets, where they are present (a minute or two)
	@$(GO) run ./cmd/models

.PHONY: models-short
models-short: ## the same on the small sets, beside figures on record (seconds)
	@$(GO) run ./cmd/models -short

.PHONY: clients
clients: ## check the sandboxes with clients other people wrote (HubSpot's, jsforce, sf, go-salesforce), where npm is present
	@scripts/clients

.PHONY: component
component: ## test the component of Salesforce record pages, where npm is present
	@command -v npm >/dev/null || { echo "component: npm is not there; install Node.js to run this"; exit 0; }; \
	  cd deploy/salesforce && npm install --no-package-lock --no-audit --no-fund --loglevel=error && npm test --silent

.PHONY: chart
chart: ## lint, render and check the Helm chart, with its alerts where promtool is present
	cd deploy/helm/tests && $(GO) vet . && $(GO) test -count=1 .

.PHONY: chart-update
chart-update: ## write the chart's README and golden files anew
	cd deploy/helm/tests && $(GO) test . -update

.PHONY: image
image: ## build the container image into dist/image, without a container engine (VERSION=v1.2.3, PLATFORMS=linux/amd64,linux/arm64)
	cd deploy/image && $(GO) run . -out $(CURDIR)/dist/image -version $(or $(VERSION),development) $(if $(PLATFORMS),-platforms $(PLATFORMS))

.PHONY: image-test
image-test: ## build the image twice, compare, and start it where this machine can
	cd deploy/image && $(GO) vet . && $(GO) test -count=1 .

.PHONY: leads
leads: ## score a real spreadsheet of 9,240 leads, where it is present
	@scripts/leads

.PHONY: ci
ci: ## everything CI runs
	bash .ci/run
