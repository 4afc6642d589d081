SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

GO       ?= go
BIN      := .bin
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS  := -s -w -X main.version=$(VERSION)
# gin's MessagePack codec, which nothing here speaks, is six megabytes.
TAGS     := nomsgpack
# Tests spend much of their time waiting on loopback sockets, so more of them run at once than there are cores.
TEST     := $(GO) test -race -count=1 -timeout 15m -parallel 6
FUZZTIME ?= 20s
COUNT    ?= 1
ARGS     ?=

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build the binary into .bin/admux
	@CGO_ENABLED=0 $(GO) build -trimpath -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o $(BIN)/admux ./cmd/admux

.PHONY: demo
demo: build ## Start the gateway with simulated platforms and a connected account (ARGS="--listen 127.0.0.1:8080 --json")
	@exec $(BIN)/admux demo $(ARGS)

.PHONY: deps
deps: ## Install what the tests need and this machine lacks (safe to repeat)
	@.ci/deps

.PHONY: test
test: deps ## Run every test under the race detector; installs what it needs
	$(GO) vet ./...
	$(TEST) ./...

.PHONY: test-quick
test-quick: ## Run the tests that need nothing installed: no race detector, database server, browser or foreign client
	ADMUX_TEST_QUICK=1 $(GO) test -short ./...

.PHONY: check
check: $(BIN)/golangci-lint $(BIN)/govulncheck ## gofmt, vet, golangci-lint, govulncheck
	@unformatted=$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l); \
	if [[ -n $$unformatted ]]; then printf 'not gofmt-ed:\n%s\n' "$$unformatted" >&2; exit 1; fi
	$(GO) vet ./...
	$(BIN)/golangci-lint run ./...
	@.ci/vulncheck $(BIN)/govulncheck

# The linters are pinned in a module of their own, so that what they import never reaches ours.
$(BIN)/golangci-lint $(BIN)/govulncheck &: .tools/go.mod .tools/go.sum
	cd .tools && GOBIN=$(CURDIR)/$(BIN) $(GO) install tool
	@touch $(BIN)/golangci-lint $(BIN)/govulncheck

.PHONY: docs
docs: ## Write again the tables of KPIs and support that the adapters declare
	$(GO) generate ./providers/...

.PHONY: generate
generate: docs ## Write again everything that is generated
	$(GO) generate ./...

.PHONY: verify
verify: ## Fail when a generated file is stale
	@tree() { git ls-files -co --exclude-standard -z | sort -z | xargs -0 sha256sum 2>/dev/null | sha256sum; }; \
	before=$$(tree); $(MAKE) generate; \
	if [[ $$before != $$(tree) ]]; then git status --short; echo 'generated files were stale: commit what `make generate` wrote' >&2; exit 1; fi

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (default 20s)
	@.ci/fuzz $(FUZZTIME)

.PHONY: bench
bench: bench-go ## Measure all but memory in about five minutes: benchmarks, then the real binary beside the least that its work takes (ARGS="-run report -platform meta")
	@$(GO) run ./cmd/admux/bench $(ARGS)

.PHONY: bench-memory
bench-memory: ## Measure the peak memory of ten million rows on each platform, in about ten minutes
	@$(GO) run ./cmd/admux/bench -run memory $(ARGS)

# What the program measures from end to end is left out: a million rows of each platform.
.PHONY: bench-go
bench-go: ## Run the Go benchmarks, in a form that benchstat reads (COUNT=10)
	@$(GO) test -run '^$$' -bench . -skip MillionRows -benchmem -benchtime 300ms -count $(COUNT) ./gateway/... ./openapi ./providers/internal/... ./providers/google ./providers/linkedin ./providers/meta

.PHONY: cover
cover: ## Measure coverage over all packages into coverage.html
	$(GO) test -count=1 -coverpkg=./... -coverprofile=coverage.out ./...
	$(GO) tool cover -html=coverage.out -o coverage.html
	$(GO) tool cover -func=coverage.out | tail -n 1

.PHONY: clean
clean: ## Remove what was built and installed in the tree
	rm -rf $(BIN) coverage.out coverage.html
	find . \( -name node_modules -o -name .venv \) -type d -prune -exec rm -rf {} +
