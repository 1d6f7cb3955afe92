#!/usr/bin/env bash
# docs.sh BUILD OUTPUT: the documentation of IDRKit and of what it re-exports, as a folder of static pages.
# Takes the modules that are built in BUILD. Ends with status 1 where a public symbol has no doc comment or docc has anything to say:
# a link that leads nowhere, a symbol that does not exist.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: Tools/docs.sh BUILD OUTPUT}
output=${2:?usage: Tools/docs.sh BUILD OUTPUT}
die() { printf 'docs: %s\n' "$1" >&2; exit 1; }

[ -f "$build/Modules/IDRKit.swiftmodule" ] || die "there is no IDRKit in $build: run make first"
toolchain=$(dirname "$(readlink -f "$(command -v swift)")")
docc="$toolchain/docc"
[ -x "$docc" ] || docc=$(command -v docc) || die "no docc beside swift or on the PATH"

# IDRKit's modules name the C modules that they were made from.
flags=()
for map in Sources/C/*/module.modulemap Sources/C/*/include/module.modulemap; do flags+=(-Xcc "-fmodule-map-file=$PWD/$map"); done
for package in $(sed -n 's/.*pkgConfig: "\([^"]*\)".*/\1/p' Package.swift); do
  for flag in $(pkg-config --cflags-only-I "$package" 2>/dev/null || true); do flags+=(-Xcc "$flag"); done
done

# People see what IDRKit re-exports as IDRKit's.
exported=$(grep -rhoE '^@_exported public import [A-Za-z]+' Sources/IDRKit | awk '{ print $NF }' | sort -u)
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -n 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/rooms" "$work/graph"
for room in IDRKit $exported; do
  "$toolchain/swift-symbolgraph-extract" -module-name "$room" -target "$target" -I "$build/Modules" "${flags[@]}" \
    -minimum-access-level public -skip-synthesized-members -module-cache-path "$work/cache" -output-dir "$work/rooms"
done
# What a room adds to a type of another is in a file of its own, ROOM@OTHER: the figures of aggregated profiles, for one.
python3 Tools/merge_symbols.py "$work/graph/IDRKit.symbols.json" "$work/rooms/IDRKit.symbols.json" "$work/rooms/"*.symbols.json

"$docc" convert Sources/IDRKit/IDRKit.docc --additional-symbol-graph-dir "$work/graph" --output-dir "$work/docs" \
  --fallback-display-name IDRKit --fallback-bundle-identifier IDRKit --fallback-bundle-version "$(Tools/version.sh)" \
  --warnings-as-errors --transform-for-static-hosting
# docc leaves the root without a page: its own says that there is none.
cat > "$work/docs/index.html" <<'PAGE'
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>IDRKit</title>
<meta http-equiv="refresh" content="0; url=documentation/idrkit/">
</head>
<body><p><a href="documentation/idrkit/">The documentation of IDRKit</a></p></body>
</html>
PAGE
rm -rf "$output"
mv "$work/docs" "$output"
echo "docs: $output ($(find "$output/data" -name '*.json' | wc -l) pages); python3 -m http.server --directory $output shows them"
