#!/usr/bin/env bash
# Builds the functions and deploys a cell, asking for everything that it needs (`make deploy`). The answers can be kept in
# samconfig.toml, and are then what it offers next time. ARCHITECTURE is arm64 unless set.
set -euo pipefail
cd "$(dirname "$0")/../.."
. infra/sam/sam.sh

architecture="Architecture=${ARCHITECTURE:-arm64}"
sam build --parameter-overrides "$architecture"
sam deploy --guided --parameter-overrides "$architecture" "$@"
