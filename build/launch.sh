# Sourced by ./pmsfc and ./pmsfc-silo. launch PROJECT NAME ARGUMENT...: builds a program when it is missing or older than its sources, then becomes it,
# in the caller's folder. $root is the repository's.

is_current() {
  [ -f "$stamp" ] && [ -f "$app" ] && [ -z "$(find "$root"/{grains,silo,client,build,models} "$root"/{Directory.*,global.json} \
    -type d \( -name bin -o -name obj \) -prune -o -type f -newer "$stamp" -print -quit)" ]
}

build() {
  cd "$root"
  source build/setup.sh
  require_dotnet
  require_libgd
  mkdir -p artifacts
  say "building $name (the first time it fetches its packages, libtorch among them: a minute or two) ..."
  touch "artifacts/$name.building"
  if ! dotnet build "$project" -c Release -nologo -v quiet > artifacts/build.log 2>&1 < /dev/null; then
    grep -E 'error|warning' artifacts/build.log | sort -u | head -n 10 >&2 || tail -n 10 artifacts/build.log >&2
    say 'error: the build failed; the whole of its output is in artifacts/build.log.'
    exit 1
  fi
  mv "artifacts/$name.building" "$stamp"
}

# Two first calls at once: one builds, the other waits for it.
build_alone() {
  mkdir -p "$root/artifacts"
  exec 9> "$root/artifacts/build.lock"
  if command -v flock > /dev/null; then flock 9; fi
  is_current || build
}

launch() {
  project=$1
  name=$2
  shift 2
  app=$root/$project/bin/Release/net10.0/$name.dll
  stamp=$root/artifacts/$name.built
  is_current || (build_alone)
  source "$root/build/setup.sh"
  prepare_for_tensors
  exec dotnet "$app" "$@"
}
