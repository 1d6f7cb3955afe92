#!/usr/bin/env bash
# make fuzz RUNS=n: every target of Fuzz/ reads n inputs, made from its corpus, the same ones each time; SEED=0 makes new ones.
# What an input does that it may not (a trap, no end in 60 s, 2 GB) ends the target; the input is kept in Fuzz/.build/found and named.
set -euo pipefail
cd "$(dirname "$0")/../Fuzz"
runs=${1:?usage: Tools/fuzz.sh RUNS [TARGET...]}
shift
targets=("$@")
[ $# -gt 0 ] || targets=(csv record names ome imagej zarr tiff cellh5 zip gzip yaml index flex)

swift build -c release --product fuzz
found=.build/found
mkdir -p "$found"
failed=()
for target in "${targets[@]}"; do
  # New inputs that reach more are kept beside the committed ones, for the next time.
  kept=.build/corpora/$target
  mkdir -p "$kept"
  seeds=()
  [ ! -d "Corpora/$target" ] || seeds+=("Corpora/$target")
  [ "$target" != cellh5 ] || seeds+=(../Tests/Fixtures/cellh5 ../Tests/Fixtures/hostile)
  log=.build/$target.log
  if IDRKIT_FUZZ=$target .build/release/fuzz -runs="$runs" -seed="${SEED:-1}" -max_len=65536 -timeout=60 -rss_limit_mb=2048 \
    -artifact_prefix="$found/$target-" -print_final_stats=1 "$kept" "${seeds[@]}" >"$log" 2>&1; then
    echo "$target: $(grep -c . <(ls "$kept")) kept, $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs read"
  else
    failed+=("$target")
    echo "$target: FAILED, see Fuzz/$log"
    tail -n 5 "$log"
  fi
done
[ ${#failed[@]} -eq 0 ] || { echo "fuzz: ${failed[*]} failed; the inputs are in Fuzz/$found: mend the parser, and put the input into its corpus" >&2; exit 1; }
