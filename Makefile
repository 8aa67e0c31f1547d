# Everything that is done to Waybill by hand or by CI. Nothing outside build/ is written, but for the caches of the Go
# toolchain.

PYTHON   ?= python3
FUZZTIME ?= 10s

VENV  := build/venv
PINS  := infra/local/requirements.txt
STAMP := $(VENV)/.pins-$(firstword $(shell cksum $(PINS)))
PIP    = PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 $(VENV)/bin/pip

# The functions as Lambda runs them: no libc, no paths and no revision of the machine that built them, and no RPC of the
# runtime that provided.al2023 replaced. They are built for this machine, where the local AWS runs them; `make deploy`
# builds for AWS.
BOOTSTRAP = CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -tags lambda.norpc

BENCH_VENV  := build/bench-venv
BENCH_STAMP := $(BENCH_VENV)/.pins-$(firstword $(shell cksum infra/bench/requirements.txt))

.PHONY: run build cli functions venv test lint fuzz bench sam-test deploy

run: build venv
	@build/waybill dev

build: functions cli

cli:
	@CGO_ENABLED=0 go build -trimpath -o build/waybill ./cmd/waybill

functions:
	@mkdir -p build/bin build/functions
	@$(BOOTSTRAP) -o build/bin/ ./functions/...
	@go run ./infra/local/pack build/functions build/bin/*

venv: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; set PYTHON to one")'
	@echo "installing the local AWS into $(VENV)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install --quiet --requirement $(PINS)
	@touch $@

$(BENCH_STAMP): infra/bench/requirements.txt
	@echo "installing the peers into $(BENCH_VENV)"
	@$(PYTHON) -m venv --clear $(BENCH_VENV)
	@PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 $(BENCH_VENV)/bin/pip install --quiet --requirement $<
	@touch $@

test: lint build venv
	go test -race -shuffle=on -timeout 30m ./...

lint:
	@test -z "$$(gofmt -l cmd functions infra internal)" || { echo "gofmt: $$(gofmt -l cmd functions infra internal)"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

# Every fuzz target for FUZZTIME each.
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' internal | while read -r file; do \
	  sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file" | while read -r target; do \
	    go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
	  done || exit 1; \
	done

# Each figure beside a peer's; about ten minutes, most of them for uploads of a gigabyte.
bench: build venv $(BENCH_STAMP)
	@go run ./infra/bench

# Needs a container runtime to invoke the functions; without one it validates and builds.
sam-test:
	infra/sam/test.sh

deploy:
	infra/sam/deploy.sh
