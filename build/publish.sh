#!/usr/bin/env bash
# Publishes programs for the Dockerfile's images: publish.sh cpu|cuda VERSION FOLDER PROJECT-FILE...
# FOLDER/shared gets the files that all of the programs have, with .NET and libtorch among them, so that images have them in one common layer; FOLDER/NAME
# gets the others of the program NAME, and the list of its packages, NAME.cdx.json (CycloneDX).
set -euo pipefail
device=$1 version=$2 folder=$3
shift 3
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
source "$root/build/setup.sh"
source "$root/build/backend.sh"
cd "$root"

# Of libtorch's package nothing loads these: Python's binding and its tests' and examples' libraries.
unused=(libtorch_python.so libshm.so libtorchbind_test.so libjitbackend_test.so libbackend_with_compiler.so libnnapi_backend.so libaoti_custom_ops.so)

publish() {
  local project=$1 name=$2 log
  log=$(mktemp)
  if ! dotnet restore "$project" -r linux-x64 -nologo -v quiet -p:TorchDevice="$device" -p:SelfContained=true > "$log" 2>&1; then
    grep error "$log" >&2 || cat "$log" >&2
    say "error: the packages of $name for $device cannot be fetched ($(refusal "$log"))."
    exit 1
  fi
  dotnet publish "$project" -c Release -r linux-x64 --self-contained --no-restore -nologo -v quiet \
    -p:TorchDevice="$device" -p:Version="$version" -p:PublishDocumentationFiles=false -o "$folder/$name"
  (cd "$folder/$name" && rm -f "${unused[@]}")
  dotnet CycloneDX "$project" --disable-package-restore --framework net10.0 --runtime linux-x64 \
    --output-format Json --output "$folder/$name" --filename "$name.cdx.json" --set-name "$name" --set-version "$version" > "$log" ||
    { cat "$log" >&2; exit 1; }
  if ! grep -q pkg:nuget/TorchSharp "$folder/$name/$name.cdx.json"; then
    say "error: the list of $name's packages lacks what it is built on; it was made of $project."
    exit 1
  fi
  rm "$log"
}

is_in_all() {
  local name
  for name in "${names[@]}"; do cmp -s "$folder/${names[0]}/$1" "$folder/$name/$1" || return 1; done
}

dotnet tool restore > /dev/null
names=()
for project in "$@"; do
  name=$(dotnet msbuild "$project" -getProperty:AssemblyName)
  names+=("$name")
  publish "$project" "$name"
done

mkdir -p "$folder/shared"
for path in "$folder/${names[0]}"/*; do
  file=$(basename "$path")
  if [ ! -f "$path" ] || [[ $file == *.cdx.json ]] || ! is_in_all "$file"; then continue; fi
  cp "$path" "$folder/shared/$file"
  for name in "${names[@]}"; do rm "$folder/$name/$file"; done
done

# A fifth of this library are symbols for debuggers. Packages set modes for their owner, whom images do not run as.
strip --strip-unneeded "$folder/shared/libtorch_cpu.so"
chmod -R a+rX "$folder"
