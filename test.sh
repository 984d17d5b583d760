#!/usr/bin/env bash
# Builds everything, runs every test, checks the formatting. The last line says what the tests said.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./test.sh [--install]

Builds in Release with warnings as errors, runs every test, checks monitoring/ and the
formatting, and ends with the line "N passed, N failed, N skipped". Needs only the .NET SDK.

Some tests use real servers. As root, what is missing is installed with apt-get;
otherwise it is named and those tests are skipped with that reason.

  --install   install what is missing through sudo
  --help      this text

COLINK_REQUIRE_REAL=1    a missing server fails the run instead of skipping tests
COLINK_UPDATE_GOLDEN=1   the tests write the golden files instead of comparing them
TEXT
}

# What the tests start: program | Debian package | where Debian keeps it when it is not on the PATH (a glob).
components=(
  "prometheus|prometheus|"
  "promtool|prometheus|"
  "prometheus-alertmanager|prometheus-alertmanager|"
  "amtool|prometheus-alertmanager|"
  "prometheus-postgres-exporter|prometheus-postgres-exporter|"
  "prometheus-redis-exporter|prometheus-redis-exporter|"
  "prometheus-node-exporter|prometheus-node-exporter|"
  "postgres|postgresql|/usr/lib/postgresql/*/bin/postgres"
  "redis-server|redis-server|"
  "curl|curl|"
  # No program but a library: SqlClient does not connect without cultures.
  "icu|libicu-dev|/usr/lib/*/libicuuc.so*"
)

# Longer than any project may take, shorter than a CI job waits: a test that hangs ends with its name.
readonly project_timeout=10m

main() {
  local install=0
  while [ $# -gt 0 ]; do
    case "$1" in
      --install) install=1 ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; exit 2 ;;
    esac
    shift
  done

  cd "$(dirname "${BASH_SOURCE[0]}")"
  provide_components "$install"
  prepare_dotnet

  say "Building"
  if ! dotnet build CoLink.Observability.sln --configuration Release -warnaserror --verbosity quiet; then
    say "Results"
    echo "The build failed, so no test ran."
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
  fi

  local failed=0
  run_tests || failed=1
  say "Checking that monitoring/ is as rendered"
  dotnet run --project src/CoLink.Observability.Monitoring --configuration Release --no-build -- check || failed=1
  say "Checking the formatting"
  # What its third part, the analyzers, would say the build has said already.
  if dotnet format whitespace CoLink.Observability.sln --no-restore --verify-no-changes \
    && dotnet format style CoLink.Observability.sln --no-restore --verify-no-changes; then
    echo "The formatting is clean."
  else
    echo "The formatting is not clean: run 'dotnet format'." >&2
    failed=1
  fi

  say "Results"
  print_failures || true
  [ "$failed" -eq 0 ] || echo "The run failed."
  echo "$passed passed, $failures failed, $skipped skipped"
  exit "$failed"
}

say() { printf '\n== %s\n' "$1"; }

die() { echo "test.sh: $1" >&2; exit 1; }

prepare_dotnet() {
  command -v dotnet >/dev/null || die "the .NET SDK is missing: https://dotnet.microsoft.com/download (version in global.json)"

  # NuGet and the SDK keep their files under HOME; a CI job or a container may have none.
  if [ -z "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    export HOME="$PWD/artifacts/home"
    mkdir -p "$HOME"
  fi
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
  export DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=true TESTINGPLATFORM_NOBANNER=1

  # Without ICU the SDK stops at once; without the second variable it does not know the languages that packages speak.
  if ! dotnet --version >/dev/null 2>&1; then
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY=0
    dotnet --version >/dev/null || die "the .NET SDK does not start"
  fi
}

# --- the programs that real-server tests start

# Prints the packages of the components that are not there, each once.
missing_packages() {
  local component program package place
  for component in "${components[@]}"; do
    IFS='|' read -r program package place <<<"$component"
    command -v "$program" >/dev/null && continue
    [ -n "$place" ] && compgen -G "$place" >/dev/null && continue
    echo "$package"
  done | sort -u
}

provide_components() {
  local install=$1 missing
  missing=$(missing_packages | xargs)
  [ -n "$missing" ] || return 0

  if command -v apt-get >/dev/null; then
    if [ "$(id -u)" -eq 0 ]; then
      install_packages "" "$missing"
    elif [ "$install" -eq 1 ]; then
      command -v sudo >/dev/null || die "--install needs sudo; or run as root"
      install_packages sudo "$missing"
    fi
  elif [ "$install" -eq 1 ]; then
    die "--install knows apt-get only; install by hand: $missing"
  fi

  missing=$(missing_packages | xargs)
  [ -n "$missing" ] || return 0
  [ "${COLINK_REQUIRE_REAL:-}" != 1 ] || die "COLINK_REQUIRE_REAL=1, but this is missing: $missing"
  echo "Missing: $missing. The tests that need it are skipped."
  echo "On Debian and Ubuntu './test.sh --install' installs it; elsewhere put its programs on the PATH."
}

# The tests start their own servers on free ports: what the packages bring as daemons must not run, now or after a reboot.
install_packages() (
  root=$1 packages=$2 policy=/usr/sbin/policy-rc.d
  say "Installing $packages"
  if [ ! -e "$policy" ]; then
    trap '$root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
    $root chmod 755 "$policy"
  fi

  # A source that cannot be reached need not be the one that holds the package; the install says so if it is.
  $root apt-get update -q -o Acquire::Retries=3 || true
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $packages || echo "apt-get could not install: $packages" >&2

  if command -v systemctl >/dev/null; then
    for package in $packages; do
      $root systemctl disable --quiet "$package" 2>/dev/null || true
    done
  fi
)

# --- the tests and their count

results=
passed=0
failures=0
skipped=0

# Projects that failed without a failed test.
ended_badly=()

# Fails where a test failed, where nothing ran, and where a test host left no result: it crashed, whatever its exit code says.
run_tests() {
  local project name file code
  results="$PWD/artifacts/test-results"
  rm -rf "$results"
  mkdir -p "$results"
  for project in $(grep -l 'Include="xunit.v3"' tests/*/*.csproj); do
    name=$(basename "$project" .csproj)
    file="$results/$name.xml"
    say "$name"
    code=0
    dotnet test --project "$project" --configuration Release --no-build --no-ansi --progress off --timeout "$project_timeout" \
      --results-directory "$results" --report-xunit-xml --report-xunit-xml-filename "$name.xml" 2>&1 | tee "$results/$name.log" || code=$?
    count "$name" "$file" "$code"
  done
  [ "$failures" -eq 0 ] || return 1
  if [ $((passed + skipped)) -eq 0 ]; then
    echo "No test ran." >&2
    return 1
  fi
}

count() {
  local name=$1 file=$2 code=$3 failures_before=$failures assembly
  if [ ! -f "$file" ] || ! grep -q '</assemblies>' "$file"; then
    echo "$name: no results (exit code $code); its test host crashed or was ended. Counted as one failure." >&2
    failures=$((failures + 1))
    ended_badly+=("$name")
    return
  fi

  while read -r assembly; do
    passed=$((passed + $(attribute passed "$assembly")))
    skipped=$((skipped + $(attribute skipped "$assembly")))
    # Errors happen outside a test, in the disposal of a fixture for one.
    failures=$((failures + $(attribute failed "$assembly") + $(attribute errors "$assembly")))
  done < <(grep -o '<assembly [^>]*>' "$file")

  if [ "$code" -ne 0 ] && [ "$failures" -eq "$failures_before" ]; then
    echo "$name: exit code $code without a failed test. Counted as one failure." >&2
    failures=$((failures + 1))
    ended_badly+=("$name")
  fi
}

attribute() {
  local value
  value=$(sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$2")
  echo "${value:-0}"
}

# Every failure of every project, so that the end of a log says what failed even where its middle was cut.
print_failures() {
  local name
  for name in "${ended_badly[@]}"; do
    echo "--- $name ended with these words:"
    tail -n 40 "$results/$name.log" | cut -c 1-300
  done
  for name in "$results"/*.xml; do
    [ ! -f "$name" ] || failures_of "$name"
  done
}

# A record is a test, or an error outside of one. The messages are CDATA, the name is an attribute.
failures_of() {
  awk -v project="$(basename "$1" .xml)" '
    function print_between(text, from, to, limit,    at, lines, count, i) {
      if (!(at = index(text, from))) return
      text = substr(text, at + length(from))
      if (at = index(text, to)) text = substr(text, 1, at - 1)
      gsub(/<!\[CDATA\[|\]\]>/, "", text)
      count = split(text, lines, /\r?\n/)
      for (i = 1; i <= count && i <= limit; i++) print "    " substr(lines[i], 1, 300)
      if (count > limit) print "    ..."
    }
    BEGIN { RS = "<(test|error) " }
    NR > 1 && /<failure/ {
      head = substr($0, 1, index($0, "<failure") - 1)
      if (head ~ / result="/ && head !~ / result="Fail"/) next
      if (!match(head, /name="[^"]*"/)) next
      name = substr(head, RSTART + 6, RLENGTH - 7)
      gsub(/\\?&quot;/, "\"", name); gsub(/&lt;/, "<", name); gsub(/&gt;/, ">", name); gsub(/&apos;/, "\047", name); gsub(/&amp;/, "\\&", name)
      print "--- failed, in " project ": " name
      print_between($0, "<message>", "</message>", 8)
      print_between($0, "<stack-trace>", "</stack-trace>", 5)
    }' "$1"
}

main "$@"
