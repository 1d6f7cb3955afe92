"""Writes what NumPy and pandas make of numbers and arrays, for the tests of IDRTables.

    python make_table_expectations.py Tests/Fixtures/tables        (made with NumPy 1.26.4 and pandas 1.5.3: NumPy 2 writes other texts)

numbers.txt: `f <bits> <text>` and `d <bits> <text>`: NumPy's str of a float32 and a float64; `r <text> <bits>`: what pandas reads.
pairs.json: (m, 2) arrays and NumPy's str of them.
"""
import io
import json
import os
import sys

import numpy as np
import pandas as pd

rng = np.random.default_rng(20)
lines = []


def texts(kind, values):
    for value in values:
        bits = value.view(np.uint32 if kind == "f" else np.uint64)
        lines.append(f"{kind} {int(bits):x} {'' if np.isnan(value) else str(value)}".rstrip())


def near(values, kind):
    values = np.array(values, kind)
    return np.unique(np.concatenate([values, np.nextafter(values, kind(0)), np.nextafter(values, kind(np.inf))]))


edges = [1e-5, 1e-4, 1e-3, 1.0, 1e7, 2.0**24, 123456789.0, 2.0**53, 1e15, 9.9e15, 1e16, 1e17]
for kind, code, bits, count in ((np.float32, "f", 32, 700), (np.float64, "d", 64, 500)):
    unsigned = np.uint32 if bits == 32 else np.uint64
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, np.finfo(kind).max, np.finfo(kind).tiny, np.finfo(kind).smallest_subnormal]
    with np.errstate(all="ignore"):
        texts(code, np.array(special, kind))
        texts(code, near(edges, kind))
        texts(code, -near(edges, kind))
        # Any bits; denormals; powers of two, whose neighbours are not equally far; whole numbers; features as networks make them.
        texts(code, rng.integers(0, 2**bits, count, dtype=np.uint64).astype(unsigned).view(kind))
        texts(code, rng.integers(0, 2 ** (23 if bits == 32 else 52), count // 5, dtype=np.uint64).astype(unsigned).view(kind))
        powers = range(-149, 128, 3) if bits == 32 else range(-1074, 1024, 17)
        texts(code, np.array([np.ldexp(1.0, p) for p in powers], kind))
        texts(code, np.floor(np.exp(rng.uniform(0, 40, count // 5))).astype(kind))
        texts(code, rng.standard_normal(count // 5).astype(kind))

readings = [repr(float(v)) for v in rng.uniform(-50, 1400, 300)]
readings += [repr(float(v)) for v in rng.integers(0, 2**63, 300).view(np.float64) if np.isfinite(v)]
readings += ["0.0", "-0.0", "100", "+5.0", ".5", "5.", "1e5", "1E5", "1e-05", "5e-324", "1e-400", "1.7976931348623157e+308"]
readings += ["0.00012345678901234567", "0.1234567890123456789", "12345678901234567890.5", "nan", "inf", "-inf", "Infinity", " 5.25 "]
for text in readings:
    value = pd.read_csv(io.StringIO(f"a,b\n{text},x\n"))["a"].astype(float).to_numpy()[0]
    lines.append(f"r {int(np.float64(value).view(np.uint64)):x} {text}")
with open(os.path.join(sys.argv[1], "numbers.txt"), "w") as file:
    file.write("\n".join(lines) + "\n")

arrays = [rng.integers(0, 10**d, (m, 2)) for d, m in ((1, 1), (2, 3), (3, 7), (4, 5), (4, 500), (4, 501), (3, 777))]
arrays += [np.zeros((0, 2), int), rng.integers(-200, 200, (6, 2)), np.array([[0, 0]] * 400 + [[12345, 1]] + [[9, 99]] * 300)]
with open(os.path.join(sys.argv[1], "pairs.json"), "w") as file:
    json.dump([{"points": a.ravel().tolist(), "text": str(a)} for a in arrays], file)
