#!/usr/bin/env bash
# make install PREFIX=...: idrscript, the library, its modules and models where scripts anywhere can use them.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${1:?usage: Tools/install.sh PREFIX}
build=.build/release
home="$prefix/lib/idrkit"

install -d "$prefix/bin" "$home/modules" "$home/main" "$prefix/share/idrkit/models" || { echo "install: $prefix is not writable; choose another PREFIX" >&2; exit 1; }
install -m 755 "$build/idrscript" "$prefix/bin/idrscript"
install -m 644 "$build/libIDRKit.so" "$home/libIDRKit.so"
[ ! -f "$build/idrkit-build" ] || install -m 644 "$build/idrkit-build" "$home/idrkit-build"
install -m 644 .idrkit/lib/libonnxruntime.so.* "$home/"
# Whoever imports IDRKit needs the modules of all rooms below it.
for module in "$build"/Modules/IDR*.swiftmodule; do
  case "$(basename "$module" .swiftmodule)" in *Tests|IDRScriptMain|IDRScripting) continue ;; esac
  install -m 644 "$module" "$home/modules/"
done
cp "$build"/IDRScriptMain.build/*.o "$build"/CScriptMain.build/*.o "$home/main/"
cp -r Sources/IDRModels/Resources/. .idrkit/models/. "$prefix/share/idrkit/models/"
echo "installed in $prefix: try  $prefix/bin/idrscript --help"
