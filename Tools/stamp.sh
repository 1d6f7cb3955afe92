#!/usr/bin/env bash
# stamp.sh BUILD: writes BUILD/idrkit-build, the commit that the library there was built from and the library's SHA-256. Runs record the
# commit where the digest is the loaded library's. A + behind it says that files differed from the commit.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:?usage: Tools/stamp.sh BUILD}
commit=$(git rev-parse HEAD 2>/dev/null) || exit 0
[ -z "$(git status --porcelain --untracked-files=no)" ] || commit="$commit+"
printf '%s %s\n' "$commit" "$(sha256sum "$build/libIDRKit.so" | cut -d ' ' -f 1)" > "$build/idrkit-build.part"
mv "$build/idrkit-build.part" "$build/idrkit-build"
