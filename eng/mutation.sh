#!/usr/bin/env bash
# Mutation testing of one room: which changes of its code does no test notice? docs/mutation.md holds the last results.
set -euo pipefail

readonly version=5.1.0

usage() {
  cat <<'TEXT'
Usage: eng/mutation.sh ROOM

Rooms: registry, http, loki, websockets, platforms (what eng/mutation/ has).
Works in a copy of the committed tree, so that no mutated assembly stays in bin/. Exit code 1
below a score of 85 %. An hour for a large room on a quiet machine: a busy one has timeouts
that count as killed, and its score means nothing.
TEXT
}

[ $# -eq 1 ] && [ "$1" != --help ] || { usage; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
config=$root/eng/mutation/$1.json
[ -f "$config" ] || { usage >&2; exit 2; }

out=$root/artifacts/mutation/$1
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git clone --quiet "$root" "$copy"
dotnet tool update dotnet-stryker --version "$version" --tool-path "$root/artifacts/tools" >/dev/null

# The tests are found anew for each change, and to find those of the other rooms takes longer than to run these.
project=CoLink.Observability.Tests
case $1 in
  registry) needed='Registry Conformance Support' ;;
  http) needed='Http Conformance Support WebSockets/SocketApp.cs WebSockets/ExportedSpans.cs' ;;
  websockets) needed='WebSockets Conformance Support Http/RouteTable' ;;
  loki) needed='Logging/Loki Logging/Lines Support' ;;
  *) project=CoLink.Observability.Monitoring.Tests needed='.' ;;
esac
cd "$copy/tests/$project"
comm -23 <(git ls-files '*.cs' | sort) <(git ls-files -- $needed | sort) | xargs --no-run-if-empty rm

# A change that is noticed because something never comes shall not take a minute each.
find . -name '*.cs' -exec sed -i 's/FromSeconds(60)/FromSeconds(8)/' {} +

"$root/artifacts/tools/dotnet-stryker" --config-file "$config" --output "$out" --skip-version-check
