# Sourced by build/launch.sh and ./test.sh: what the machine needs, installed as root, or named in one command otherwise.

say() { printf '%s\n' "$*" >&2; }

require_dotnet() {
  if ! command -v dotnet > /dev/null || ! dotnet --list-sdks | grep -q '^1[0-9]\.'; then
    say 'error: the .NET 10 SDK is missing; install the package dotnet-sdk-10.0 (https://dot.net) and run this again.'
    exit 2
  fi
}

# require_packages PACKAGE...: Debian packages that must be installed; nothing is asked of the network when they are.
require_packages() {
  local missing=()
  for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    say "error: ${missing[*]} missing; run 'sudo apt-get install -y ${missing[*]}' and then this again."
    exit 2
  fi
  say "installing ${missing[*]} ..."
  local log=artifacts/setup.log
  mkdir -p artifacts
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } > "$log" 2>&1 < /dev/null; then
    tail -n 5 "$log" >&2
    say "error: apt-get could not install ${missing[*]}; the whole of its output is in $log."
    exit 2
  fi
}

# Variables for compilers, which allocate gigabytes in a minute that all die young: a collection for every 128 MB instead of every few, and no code that
# counts for an optimization that comes too late. Together they halve the time of a build from nothing.
for_compilers=(DOTNET_GCgen0size=0x8000000 DOTNET_TieredPGO=0)

# Two defaults are bad for a loop of large tensors on a CPU. glibc gives every large block back to the kernel and faults it in again at the next
# iteration: kept blocks halved the CPU time of an iteration. And OpenMP's threads spin while they wait, which starves any other process on the
# machine and is starved by it: sleeping ones cost little alone and much less in company. GPUs are numbered as the driver does.
prepare_for_tensors() {
  export MALLOC_MMAP_MAX_=${MALLOC_MMAP_MAX_:-0}
  export MALLOC_TRIM_THRESHOLD_=${MALLOC_TRIM_THRESHOLD_:-4294967296}
  export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-PASSIVE}
  export CUDA_DEVICE_ORDER=${CUDA_DEVICE_ORDER:-PCI_BUS_ID}
}
