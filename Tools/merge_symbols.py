"""merge_symbols.py TARGET MAIN [RE-EXPORTED ...]: symbol graphs of modules as the one of the first, the module that people import.

Ends with status 1 and a list where public symbols have no doc comment. The compiler's own way of following re-exports leaves some types out.
"""

import json
import sys


def place(symbol):
    location = symbol.get("location", {})
    file = location.get("uri", "?").split("/Sources/")[-1]
    return f"Sources/{file}:{location.get('position', {}).get('line', 0) + 1}"


def main(target, paths):
    graphs = []
    for path in paths:
        with open(path) as file:
            graphs.append(json.load(file))
    merged = graphs[0]
    for graph in graphs[1:]:
        merged["symbols"] += graph["symbols"]
        merged["relationships"] += graph["relationships"]
    bare = [symbol for symbol in merged["symbols"] if not "".join(line["text"] for line in symbol.get("docComment", {}).get("lines", [])).strip()]
    for line in sorted(f"{place(symbol)}: {'.'.join(symbol['pathComponents'])} has no doc comment" for symbol in bare):
        print(f"error: {line}", file=sys.stderr)
    if bare:
        sys.exit(1)
    with open(target, "w") as file:
        json.dump(merged, file)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
