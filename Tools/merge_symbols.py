"""merge_symbols.py TARGET MAIN [OTHER ...]: symbol graphs of modules as the one of the first, the module that people import.

OTHERs are the graphs of the modules that it re-exports, and of what modules add to types of others (MODULE@OTHER.symbols.json). Ends with
status 1 and a list where a public symbol has no doc comment, belongs to a type that is in none of the graphs, or names a type of ours that is in
none of them. The compiler's own way of following re-exports leaves some types out.
"""

import json
import re
import sys


def place(symbol):
    location = symbol.get("location", {})
    file = location.get("uri", "?").split("/Sources/")[-1]
    return f"Sources/{file}:{location.get('position', {}).get('line', 0) + 1}"


def name(symbol):
    return ".".join(symbol["pathComponents"])


def merge(graphs):
    merged = graphs[0]
    known = {symbol["identifier"]["precise"] for symbol in merged["symbols"]}
    for graph in graphs[1:]:
        for symbol in graph["symbols"]:
            if symbol["identifier"]["precise"] not in known:
                known.add(symbol["identifier"]["precise"])
                merged["symbols"].append(symbol)
        merged["relationships"] += graph["relationships"]
    return merged


def problems(merged):
    known = {symbol["identifier"]["precise"] for symbol in merged["symbols"]}
    parents = {r["source"]: r["target"] for r in merged["relationships"] if r["kind"] in ("memberOf", "requirementOf")}
    for symbol in merged["symbols"]:
        if not "".join(line["text"] for line in symbol.get("docComment", {}).get("lines", [])).strip():
            yield f"{place(symbol)}: {name(symbol)} has no doc comment"
        parent = parents.get(symbol["identifier"]["precise"])
        if parent is not None and parent not in known:
            yield f"{place(symbol)}: {name(symbol)} belongs to a type that the documentation leaves out"
        for part in symbol.get("declarationFragments", []):
            identifier = part.get("preciseIdentifier", "")
            # A Swift symbol of one of our modules, as the compiler mangles it.
            if re.match(r"s:\d+IDR[A-Z]", identifier) and identifier not in known:
                yield f"{place(symbol)}: {name(symbol)} names {part['spelling']}, which the documentation leaves out"


def main(target, paths):
    graphs = []
    for path in paths:
        with open(path) as file:
            graphs.append(json.load(file))
    merged = merge(graphs)
    wrong = sorted(set(problems(merged)))
    for line in wrong:
        print(f"error: {line}", file=sys.stderr)
    if wrong:
        sys.exit(1)
    with open(target, "w") as file:
        json.dump(merged, file)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
