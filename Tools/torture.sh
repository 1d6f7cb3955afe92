#!/usr/bin/env bash
# make torture: builds the program that tortures and what it is preloaded with, and starts it. What it says it can be told again:
# KILLS, SHARE (ci or all), PARTS, CASE.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build/torture
mkdir -p "$folder"
swift build -c release --product torture
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
"$clang" -std=gnu17 -O1 -Wall -Wextra -Werror -shared -fPIC -o "$folder/faults.so" Tests/Torture/Shim/faults.c -ldl -lpthread -lrt
# Cases fsync all the time, and none of them needs a real disk.
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ]; then export TMPDIR=/dev/shm; fi
exec .build/release/torture --shim "$folder/faults.so" --kills "$KILLS" --share "$SHARE" --parts "$PARTS" --case "$CASE"
