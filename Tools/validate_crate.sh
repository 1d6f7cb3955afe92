#!/usr/bin/env bash
# Judges crates by every REQUIRED rule of the Provenance Run Crate profile, with the field's own validator and without a network.
#   Tools/validate_crate.sh --setup      the validator, into .build/roc-validator
#   Tools/validate_crate.sh CRATE...     folders, each with its ro-crate-metadata.json
#   Tools/validate_crate.sh --all RUN    a run's crate, and those of its batches and failures
# Exit 0: all conform. Digests are not its business: a changed file passes here.
set -euo pipefail
tools=$(cd "$(dirname "$0")" && pwd)
state=$(dirname "$tools")/.build/roc-validator
wanted=$tools/validator-requirements.txt
context=https://w3id.org/ro/crate/1.1/context

# The copy of the requirements is made last: it says that everything is there.
if ! cmp -s "$wanted" "$state/requirements.txt"; then
    rm -rf "$state"
    python3 -m venv "$state/python"
    "$state/python/bin/python3" -m pip install --quiet --disable-pip-version-check -r "$wanted"
    "$state/python/bin/python3" "$tools/seed_jsonld_cache.py" "$state/answers" "$context"
    cp "$wanted" "$state/requirements.txt"
fi

case "${1:-}" in
    --setup) exit 0 ;;
    --all)
        run=${2:?usage: validate_crate.sh --all RUN}
        shopt -s nullglob
        set -- "$run" "$run"/batch_* "$run"/failures/batch_*
        ;;
    "") echo "usage: validate_crate.sh CRATE... | --all RUN | --setup" >&2; exit 64 ;;
esac

failed=0
for crate in "$@"; do
    if report=$("$state/python/bin/python3" "$state/python/bin/rocrate-validator" --no-interactive --disable-color validate --offline --no-paging --verbose \
        --cache-path "$state/answers" --profile-identifier provenance-run-crate --requirement-severity REQUIRED "$crate" </dev/null 2>&1); then
        echo "conforms: $crate"
    else
        echo "$report"
        echo "does not conform: $crate"
        failed=1
    fi
done
exit $failed
