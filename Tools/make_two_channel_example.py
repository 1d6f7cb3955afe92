"""Makes example_files/two-channel: two wells of the example screen with a second channel that is made up.

    python3 -m venv venv && venv/bin/pip install numpy h5py
    venv/bin/python Tools/make_two_channel_example.py

The first channel holds frames 18 to 20 of the example's movies. The second is SYNTHETIC: the first one blurred, plus noise. Both are
whole-number arithmetic with a fixed seed, so they are the same on every machine; the files' bytes also depend on the library that packs them.
"""

import csv
from pathlib import Path

import h5py
import numpy as np

import cellh5

ROOT = Path(__file__).resolve().parent.parent
STUDY = "idr0013-neumann-mitocheck"
MOVIES = "20150916-mitocheck-analysis/mitocheck/EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02/hdf5"
SOURCE = ROOT / "example_files" / STUDY
TARGET = ROOT / "example_files" / "two-channel" / STUDY

PLATE = "EXAMPLE_01"
# Well, its number on a plate of 384.
WELLS = [("A2", 2), ("A3", 3)]
# From 0.
FRAMES = slice(17, 20)
CHANNELS = [("H2B-GFP", "chromatin; 8 bits of the camera's 12"), ("synthetic", "MADE UP: H2B-GFP blurred, plus noise")]
CHANNELS_IN_TABLE = "H2B-GFP:chromatin;blur:synthetic"
CHUNK = (1, 1, 1, 175, 275)
# Pixels on each side of the square that is averaged, three times.
RADIUS = 4
# The noise is 0...NOISE - 1.
NOISE = 8
SEED = 20261125


def box_blurred(plane):
    """The mean of a square around each pixel, rounded down; the border's pixels go on outside."""
    side = 2 * RADIUS + 1
    padded = np.pad(plane.astype(np.int64), RADIUS, mode="edge")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return (sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]) // (side * side)


def noise(count, stream):
    """`count` numbers 0...NOISE - 1: the upper bits of splitmix64."""
    with np.errstate(over="ignore"):
        state = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(SEED) + (np.uint64(stream) << np.uint64(40))
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return (state >> np.uint64(32)) % np.uint64(NOISE)


def synthetic(frames, stream):
    """The second channel of a movie `[t, y, x]`."""
    planes = []
    for number, plane in enumerate(frames):
        for _ in range(3):
            plane = box_blurred(plane)
        planes.append(plane + noise(plane.size, stream * 100 + number).reshape(plane.shape).astype(np.int64))
    return np.clip(np.stack(planes), 0, 255).astype(np.uint8)


def write_movie(number):
    name = f"{number:05d}"
    path = f"sample/0/plate/{PLATE}/experiment/{name}/position/0001/image/channel"
    with h5py.File(SOURCE / MOVIES / f"{name}_01.ch5") as file:
        frames = file[path][0, FRAMES, 0]
    movie = np.stack([frames, synthetic(frames, number)])[:, :, np.newaxis]
    target = TARGET / MOVIES / f"{name}_01.ch5"
    target.parent.mkdir(parents=True, exist_ok=True)
    with cellh5.open_for_writing(target) as file:
        cellh5.write_definition(file, CHANNELS)
        cellh5.position(file, PLATE, name, "0001").create_dataset(
            "channel", data=movie, chunks=CHUNK, compression="gzip", compression_opts=9, shuffle=False)


def write_tables():
    folder = TARGET / "screenA"
    folder.mkdir(parents=True, exist_ok=True)
    plates = "idr0013-screenA-plates.tsv"
    (folder / plates).write_bytes((SOURCE / "screenA" / plates).read_bytes())
    name = "idr0013-screenA-annotation.csv"
    with open(SOURCE / "screenA" / name, newline="") as source, open(folder / name, "w", newline="") as target:
        rows = csv.DictReader(source)
        table = csv.DictWriter(target, rows.fieldnames, lineterminator="\n")
        table.writeheader()
        for row in rows:
            if row["Well"] in dict(WELLS):
                row["Channels"] = CHANNELS_IN_TABLE
                row["Comments"] += "; frames 18-20 of these, and a second channel that is MADE UP: the first one blurred, plus noise"
                table.writerow(row)


def main():
    write_tables()
    for _, number in WELLS:
        write_movie(number)
    files = [path for path in TARGET.rglob("*") if path.is_file()]
    print(TARGET.relative_to(ROOT), sum(path.stat().st_size for path in files), "bytes")


if __name__ == "__main__":
    main()
