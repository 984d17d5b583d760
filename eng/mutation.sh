#!/usr/bin/env bash
# Mutation testing of one room: which changes of its code does no test notice? docs/mutation.md holds the last results.
set -euo pipefail

readonly version=5.1.0

usage() {
  cat <<'TEXT'
Usage: eng/mutation.sh ROOM

Rooms: registry, http, loki, spool, websockets, platforms (what eng/mutation/ has).
Works in a copy of the committed tree, so that no mutated assembly stays in bin/. Exit code 1
below a score of 85 %. A quarter of an hour for most rooms and most of an hour for loki, on a
quiet machine: a busy one has timeouts that count as killed, and its score means nothing.
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
  http) needed='Http Conformance Support WebSockets/SocketApp.cs WebSockets/ExportedSpans.cs :!Http/RouteTable/RouteTableTests.cs' ;;
  websockets) needed='WebSockets Conformance Support Http/RouteTable' ;;
  loki) needed='Logging/Loki Logging/Lines Support :!Logging/Lines/*Tests.cs :!*/StubLokiTests.cs :!*/Spool/*Tests.cs :!*/Conformance/*Tests.cs :!*PropertyTests.cs :!*/WriteAheadTests.cs
    :!*/LongOutageTests.cs :!*/OutageMemoryTests.cs :!*/LokiShutdownTests.cs :!*/OutageEdgesTests.cs :!*/SpooledShippingTests.cs' ;;
  spool) needed='Logging/Loki/Spool Logging/Loki/*.cs Logging/Loki/Stub Logging/Lines Support :(exclude,glob)Logging/Loki/*Tests.cs :!*/SpoolKillTests.cs :!*PropertyTests.cs' ;;
  *) project=CoLink.Observability.Monitoring.Tests needed='.' ;;
esac
cd "$copy/tests/$project"
comm -23 <(git ls-files '*.cs' | sort) <(git ls-files -- $needed | sort) | xargs --no-run-if-empty rm

# One test that notices a change is enough, and where something never comes it need not wait a minute to notice.
find . -name '*.cs' -exec sed -i 's/FromSeconds(60)/FromSeconds(4)/' {} +
echo '{ "stopOnFail": true }' > xunit.runner.json
sed -i 's|</Project>|<ItemGroup><Content Include="xunit.runner.json" CopyToOutputDirectory="Always" /></ItemGroup></Project>|' "$project.csproj"

"$root/artifacts/tools/dotnet-stryker" --config-file "$config" --output "$out" --skip-version-check
