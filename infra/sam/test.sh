#!/usr/bin/env bash
# Validates the template, builds the functions as SAM does, and has `sam local` invoke each with its file from events/
# (`make sam-test`). The functions call a cell of their own, started for it. Invoking needs a container runtime of this
# machine; where there is none, that is said and nothing fails.
set -euo pipefail
cd "$(dirname "$0")/../.."
. infra/sam/sam.sh

case "$(uname -m)" in
  aarch64 | arm64) architecture=arm64 ;;
  *) architecture=x86_64 ;;
esac
parameters=(Architecture="$architecture" Local=true OidcIssuer=http://127.0.0.1/)

sam validate --lint --region eu-central-1
sam build --build-dir build/sam-test --parameter-overrides "${parameters[@]}"

if [ "$(uname -s)" != Linux ] || ! docker info >/dev/null 2>&1; then
  echo "sam-test: valid and built; no container runtime here, so nothing was invoked"
  exit 0
fi

scratch=$(mktemp -d)
network="waybill-sam-$$"
image="waybill-sam:rapid-$architecture" # the tag that SAM CLI looks for when it is given the image waybill-sam
started=()
finish() {
  [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null || true
  wait
  docker network rm "$network" >/dev/null 2>&1 || true
  docker image rm "$image" >/dev/null 2>&1 || true
  rm -rf "$scratch"
}
trap finish EXIT

make --silent build venv
export WAYBILL_ADDR="${WAYBILL_ADDR:-127.0.0.1:18080}" WAYBILL_AWS_ADDR="${WAYBILL_AWS_ADDR:-127.0.0.1:14566}"
: >"$scratch/cell.log"
build/waybill dev >>"$scratch/cell.log" 2>&1 &
started+=($!)
until grep -q '^ready ' "$scratch/cell.log"; do
  kill -0 "${started[0]}" 2>/dev/null || { cat "$scratch/cell.log"; exit 1; }
  sleep 0.2
done

# The cell listens on loopback addresses only. To the functions' containers, this machine is the gateway of their network.
docker network create "$network" >/dev/null
gateway=$(docker network inspect "$network" --format '{{(index .IPAM.Config 0).Gateway}}')
python3 infra/sam/forward.py "$gateway:${WAYBILL_AWS_ADDR##*:}" "$WAYBILL_AWS_ADDR" &
started+=($!)

# What each function is told in that cell, and the credentials to call it with.
build/sam-venv/bin/python infra/sam/cell.py "http://$WAYBILL_ADDR" "$scratch/env.json" >"$scratch/credentials"
. "$scratch/credentials"

# An image that holds nothing but the runtime emulator SAM CLI ships: AWS's own cannot be pulled everywhere. SAM hands a
# function only the variables that the template declares, so the cell's address stands in the image.
emulator=$(echo build/sam-venv/lib/python3*/site-packages/samcli/local/rapid/aws-lambda-rie-"$architecture")
mkdir -p "$scratch/image/var/rapid" "$scratch/image/tmp"
install -m 755 "$emulator" "$scratch/image/var/rapid/aws-lambda-rie"
tar -C "$scratch/image" -c . | docker import --change 'ENTRYPOINT ["/var/rapid/aws-lambda-rie"]' \
  --change "ENV AWS_ENDPOINT_URL=http://$gateway:${WAYBILL_AWS_ADDR##*:}" - "$image" >/dev/null

for function in Api Authorize Intake Purge Reap Tick; do
  event="events/$(echo "$function" | tr '[:upper:]' '[:lower:]').json"
  answer=$(sam local invoke "${function}Function" --template build/sam-test/template.yaml --event "$event" \
    --parameter-overrides "${parameters[@]}" --env-vars "$scratch/env.json" --region "$AWS_REGION" \
    --invoke-image waybill-sam --skip-pull-image --docker-network "$network" 2>"$scratch/invoke.log") || answer=
  if [ -z "$answer" ] || grep -q '"errorType"' <<<"$answer"; then
    cat "$scratch/invoke.log"
    echo "sam-test: $event failed: $answer"
    exit 1
  fi
  echo "sam-test: $event answered $answer"
done
