#!/usr/bin/env bash
# Restores, builds, checks the format and runs every test. The last line is "N passed, N failed, N skipped"; the exit code is 0 only if
# every step and every test went well.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 MSBUILDDISABLENODEREUSE=1

results=artifacts/test-results
passed=0 failed=0 skipped=0 broken=0

step() {
    printf '== %s\n' "$*"
    "$@" || { broken=1; printf 'FAILED: %s\n' "$*"; return 1; }
}

finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$broken" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# The counts of one project's results, as "passed failed skipped".
counts() {
    awk -F'"' '/<Counters /{ for (i = 1; i < NF; i += 2) { name = $i; gsub(/[^A-Za-z]/, "", name); sub(/^Counters/, "", name); n[name] = $(i + 1) }
        print n["passed"], n["failed"] + n["error"] + n["timeout"] + n["aborted"], n["total"] - n["executed"]; exit }' "$1"
}

# The skipped tests of one project, each with its reason.
skips() {
    awk '/<UnitTestResult /{ name = ""; if (/outcome="NotExecuted"/) { name = $0; sub(/.*testName="/, "", name); sub(/".*/, "", name) } }
        name != "" && /<Message>/{ reason = $0; sub(/.*<Message>/, "", reason); sub(/<\/Message>.*/, "", reason); print "  skipped " name ": " reason; name = "" }
        name != "" && /<\/UnitTestResult>/{ print "  skipped " name ": no reason given"; name = "" }' "$1" |
        sed -e 's/&quot;/"/g' -e "s/&apos;/'/g" -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g'
}

step dotnet restore Converge.slnx --locked-mode || finish
step dotnet build Converge.slnx -c Release --no-restore -v quiet || finish
step dotnet format Converge.slnx --verify-no-changes --no-restore

rm -rf "$results"
for project in tests/*/*.csproj; do
    name=$(basename "$project" .csproj)
    printf '== tests of %s\n' "${name%.Tests}"
    dotnet test "$project" -c Release --no-build -v quiet --logger "trx;LogFileName=$name.trx" --results-directory "$results"
    code=$?
    p=0 f=0 s=0
    [ -f "$results/$name.trx" ] && read -r p f s < <(counts "$results/$name.trx")
    # A test host that died leaves no failed test behind; it counts as one.
    [ "$code" -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
[ "$skipped" -gt 0 ] && for file in "$results"/*.trx; do skips "$file"; done
finish
