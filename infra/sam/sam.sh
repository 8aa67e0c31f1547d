# Sourced by test.sh and deploy.sh, from the repository's root: the pinned SAM CLI, installed at first need, and the flags
# that every build of a function has.

export SAM_CLI_TELEMETRY=0
export CGO_ENABLED=0 # static: the binary then runs in any image, and on any glibc
export GOFLAGS="-trimpath -buildvcs=false -ldflags=-s -tags=lambda.norpc" # as the Makefile builds them

if ! cmp -s infra/sam/requirements.txt build/sam-venv/requirements.txt; then
  python3 -m venv --clear build/sam-venv
  build/sam-venv/bin/pip install --quiet --disable-pip-version-check -r infra/sam/requirements.txt
  cp infra/sam/requirements.txt build/sam-venv/requirements.txt
fi

sam() { build/sam-venv/bin/sam "$@"; }
