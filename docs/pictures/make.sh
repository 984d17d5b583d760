#!/usr/bin/env bash
# Draws the pictures of README anew: three and a half minutes of the sample's traffic as a real Prometheus shows them, and the log lines
# of a trace beside its spans. Needs prometheus, chromium and curl; everything runs on the loopback and in a temporary folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly width=1120
folder=$(mktemp -d)
started=()

main() {
  local program
  for program in prometheus chromium curl dotnet; do
    command -v "$program" >/dev/null || { echo "make.sh: $program is missing" >&2; exit 1; }
  done
  trap stop EXIT

  # The walk of the tests, through two services and Kafka, keeps what the collector and Loki's stub were sent.
  COLINK_UPDATE_GOLDEN=1 dotnet test --project tests/CoLink.Observability.Integration --configuration Release --no-ansi --progress off --filter-class '*ThreeSignalsTests'
  picture "file://$PWD/docs/pictures/three-signals.svg" 478 three-signals

  dotnet build samples/MessagingService --configuration Release --verbosity quiet
  start sample dotnet samples/MessagingService/bin/Release/net10.0/MessagingService.dll --urls http://127.0.0.1:0
  service=$(said sample 'http://127\.0\.0\.1:[0-9]+')
  configure >"$folder/prometheus.yml"
  start prometheus prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" --web.listen-address=127.0.0.1:0
  prometheus="http://$(said prometheus '127\.0\.0\.1:[1-9][0-9]*')"
  said prometheus 'ready to receive web requests' >/dev/null

  drive
  picture "$prometheus/classic/graph?$(graph 'sum by (method, endpoint, status) (rate(http_requests_total[20s])) > 0')" 852 traffic
  ls -l docs/pictures/*.png
}

configure() {
  cat <<YAML
global: { scrape_interval: 2s }
scrape_configs:
  - job_name: messaging-service
    static_configs: [{ targets: ['${service#http://}'] }]
YAML
}

# A quiet minute, a busy one in which somebody asks for an address that is not there, and a quiet one.
drive() {
  curl --silent --fail --output /dev/null --json '{"name":"Ada","email":"ada@example.com","method":"sso"}' "$service/api/users"
  minute 4 2 1 0
  minute 9 4 3 2
  minute 4 2 1 0
}

# Requests a second: reads, messages, searches, wrong addresses.
minute() {
  local pids=()
  ask "$1" "/api/messages?channel=general" & pids+=($!)
  ask "$2" "/api/messages" --json '{"channel":"general","text":"Hello, channel!","channelType":"channel","author":"Ada"}' & pids+=($!)
  ask "$3" "/api/search?q=hello" & pids+=($!)
  [ "$4" -eq 0 ] || { ask "$4" "/api/serach?q=hello" & pids+=($!); }
  wait "${pids[@]}"
}

ask() {
  local rate=$1 path=$2
  shift 2
  local separator='?'
  [[ $path != *\?* ]] || separator='&'
  curl --silent --output /dev/null --rate "$((rate * 60))/m" "$@" "$service$path${separator}n=[1-$((rate * 60))]"
}

graph() {
  printf 'g0.expr=%s&g0.tab=0&g0.range_input=180s&g0.step_input=2' "$(encoded "$1")"
}

encoded() { curl --silent --get --data-urlencode "=$1" --output /dev/null --write-out '%{url_effective}' "$prometheus/-/ready" | sed 's/^[^?]*?//'; }

picture() {
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.25 --virtual-time-budget=10000 \
    --window-size="$width,$2" --screenshot="$PWD/docs/pictures/$3.png" "$1" 2>"$folder/chromium"
}

# Starts a program whose output said() reads.
start() {
  local name=$1
  shift
  "$@" >"$folder/$name" 2>&1 &
  started+=($!)
}

# Waits for words in its output, for a minute at most, and prints them.
said() {
  local end=$((SECONDS + 60))
  until grep -oEm1 "$2" "$folder/$1" | head -n 1; do
    [ "$SECONDS" -lt "$end" ] || { cat "$folder/$1" >&2; exit 1; }
    sleep 0.2
  done
}

stop() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null && wait "$pid" || true
  done
  rm -rf "$folder"
}

main "$@"
