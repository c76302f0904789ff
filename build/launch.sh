# Sourced by ./pmsfc and ./pmsfc-silo. launch PROJECT NAME ARGUMENT...: builds a program when it is missing or its sources are not those that it was built
# of, then becomes it, in the caller's folder. $root is the repository's.

# Every source with its checksum, a line each. Times of change say little: a clock may be wrong, a checkout or a copy may set them back.
sources() {
  (cd "$root" && find grains silo client build models artifacts/backend Directory.* global.json -type d \( -name bin -o -name obj \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 cksum)
}

# The list is read to its end: a program that stops at the first difference has the one that writes it complain of a closed pipe.
is_current() {
  [ -f "$stamp" ] && [ -f "$app" ] && [ "$(sources)" = "$(< "$stamp")" ]
}

# The build compares times alone: it does not see that a source was replaced by an older one.
has_older_change() {
  [ -f "$stamp" ] || return 1
  local path
  while read -r _ _ path; do
    if [ -f "$path" ] && [ ! "$path" -nt "$stamp" ]; then return 0; fi
  done < <(LC_ALL=C comm -13 <(LC_ALL=C sort "$stamp") <(LC_ALL=C sort "$building"))
  return 1
}

build() {
  cd "$root"
  require_dotnet
  mkdir -p artifacts
  say "building $name (the first time it fetches its packages, libtorch among them: a minute or two) ..."
  local building=artifacts/$name.building options=()
  sources > "$building"
  if has_older_change; then options=(--no-incremental); fi
  if ! env "${for_compilers[@]}" dotnet build "$project" -c Release -nologo -v quiet "${options[@]}" > artifacts/build.log 2>&1 < /dev/null; then
    grep -E 'error|warning' artifacts/build.log | sort -u | head -n 10 >&2 || tail -n 10 artifacts/build.log >&2
    say 'error: the build failed; the whole of its output is in artifacts/build.log.'
    exit 1
  fi
  mv "$building" "$stamp"
}

# Two first calls at once: one builds, the other waits for it.
build_alone() {
  mkdir -p "$root/artifacts"
  exec 9> "$root/artifacts/build.lock"
  if command -v flock > /dev/null; then flock 9; fi
  is_current || build
}

# A closed descriptor would be given to the first file that the program opens, and what it says would be written into that file. Writing to /dev/full
# fails as writing to what is closed does.
occupy_closed_descriptors() {
  # What is closed cannot be duplicated; complaints about stderr itself have nowhere to go. Bash may have opened this very script there.
  if ! { true 3>&2; } || [ /dev/fd/2 -ef "$0" ]; then exec 2> /dev/null; fi
  { true 3<&0; } 2> /dev/null || exec 0< /dev/null
  if ! { true 3>&1; } 2> /dev/null || [ /dev/fd/1 -ef "$0" ]; then exec 1> /dev/full; fi
}

launch() {
  project=$1
  name=$2
  shift 2
  occupy_closed_descriptors
  app=$root/$project/bin/Release/net10.0/$name.dll
  stamp=$root/artifacts/$name.built
  source "$root/build/setup.sh"
  source "$root/build/backend.sh"
  choose_backend
  is_current || (build_alone)
  prepare_for_tensors
  exec dotnet "$app" "$@"
}
