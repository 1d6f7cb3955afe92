"""undocumented.py GRAPH: ends with status 1 and a list where public symbols of a symbol graph have no doc comment."""

import json
import sys


def place(symbol):
    location = symbol.get("location", {})
    file = location.get("uri", "?").split("/Sources/")[-1]
    return f"Sources/{file}:{location.get('position', {}).get('line', 0) + 1}"


def main(path):
    with open(path) as file:
        symbols = json.load(file)["symbols"]
    bare = [f"{place(symbol)}: {'.'.join(symbol['pathComponents'])} has no doc comment" for symbol in symbols if "docComment" not in symbol]
    for line in sorted(bare):
        print(line, file=sys.stderr)
    sys.exit(1 if bare else 0)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
