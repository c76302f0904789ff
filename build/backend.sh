# Sourced by build/launch.sh and ./test.sh. choose_backend: settles in artifacts/backend, which Directory.Build.props reads, for what builds are: cuda for
# GPUs of NVIDIA and the CPU, or cpu. PMSFC_BACKEND=cpu or cuda says so; else it is cuda where a driver is found and the package feed has libtorch for it.
# $root is the repository's. Nothing is started, and nothing said, while the choice stands.

has_nvidia_driver() {
  if [ -e /dev/nvidiactl ] || command -v nvidia-smi > /dev/null; then return 0; fi
  local folders folder
  IFS=: read -ra folders <<< "${LD_LIBRARY_PATH:-}"
  for folder in "${folders[@]}" /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib /usr/lib/wsl/lib /usr/local/nvidia/lib64; do
    if [ -n "$folder" ] && [ -e "$folder/libcuda.so.1" ]; then return 0; fi
  done
  return 1
}

# What the feed was asked for and had not; other versions are asked for again.
asked_packages() { cksum < "$root/Directory.Packages.props"; }

was_refused() { [ -f "$root/artifacts/cuda.refused" ] && [ "$(< "$root/artifacts/cuda.refused")" = "$(asked_packages)" ]; }

wanted_backend() {
  case ${PMSFC_BACKEND:-auto} in
    cpu | cuda) printf '%s\n' "$PMSFC_BACKEND" ;;
    auto)
      # A build for GPUs serves a machine without one, so that a shared folder is not built over and over.
      if [ "$(settled_backend)" = cuda ] || { has_nvidia_driver && ! was_refused; }; then echo cuda; else echo cpu; fi ;;
    *)
      say "error: PMSFC_BACKEND is '$PMSFC_BACKEND', but must be cpu, cuda or auto."
      exit 2 ;;
  esac
}

settled_backend() { if [ -f "$root/artifacts/backend" ]; then printf '%s\n' "$(< "$root/artifacts/backend")"; fi; }

settle() { if [ "$(settled_backend)" != "$1" ]; then printf '%s\n' "$1" > "$root/artifacts/backend"; fi; }

# refusal LOG: why a restore found no packages, as its log has it; empty where the log does not say.
refusal() { sed -n 's/.*error \(NU[0-9]*: [^.[]*\).*/\1/p' "$1" | head -n 1; }

settle_backend() {
  mkdir -p "$root/artifacts"
  exec 9> "$root/artifacts/build.lock"
  if command -v flock > /dev/null; then flock 9; fi
  local wanted reason log=$root/artifacts/cuda.log
  wanted=$(wanted_backend)
  [ "$(settled_backend)" != "$wanted" ] || return 0
  if [ "$wanted" = cpu ]; then
    settle cpu
    return
  fi
  require_dotnet
  if dotnet restore "$root/client/PmSFC.Cli" -nologo -v quiet -p:TorchDevice=cuda > "$log" 2>&1 < /dev/null; then
    settle cuda
    say 'building for GPUs of NVIDIA, since PMSFC_BACKEND or a driver asks for it (PMSFC_BACKEND=cpu builds for the CPU alone).'
    return
  fi
  reason=$(refusal "$log")
  reason="libtorch for it cannot be fetched (${reason:-the whole reason is in artifacts/cuda.log})"
  if [ "${PMSFC_BACKEND:-}" = cuda ]; then
    say "error: PMSFC_BACKEND is cuda, but $reason; without PMSFC_BACKEND, or with PMSFC_BACKEND=cpu, the product is built for the CPU alone."
    exit 1
  fi
  asked_packages > "$root/artifacts/cuda.refused"
  settle cpu
  say "an NVIDIA driver is here, but $reason: built for the CPU alone (PMSFC_BACKEND=cuda asks again, PMSFC_BACKEND=cpu does not ask)."
}

choose_backend() {
  local wanted
  wanted=$(wanted_backend)
  if [ "$(settled_backend)" != "$wanted" ]; then (settle_backend); fi
}
