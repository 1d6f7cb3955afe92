#!/usr/bin/env python3
"""Writes OME-Zarr plates and Zarr arrays of every kind that IDRKit reads into a folder: make_zarr_arrays.py FOLDER.

Needs the packages in test-requirements.txt. `cases.json` lists what was written; beside each array lies a `.bin` with
its values, little-endian and in C order. The tests of IDRFormats read all of it back.
"""

import itertools
import json
import pathlib
import sys

import numcodecs
import numpy as np
import zarr
from zarr import codecs as v3

TYPES = ["u1", "<u2", ">u2", "<f4", ">f4"]
SHAPE = (3, 2, 1, 11, 14)
CHUNKS = [(1, 1, 1, 11, 14), (1, 1, 1, 4, 5), (2, 2, 1, 6, 16), (3, 1, 1, 11, 3)]
BLOSC = list(itertools.product(["blosclz", "lz4", "lz4hc", "zlib", "zstd"], [0, 1, 2]))
V2_CODECS = {"raw": None, "zlib": numcodecs.Zlib(5), "gzip": numcodecs.GZip(5), "zstd": numcodecs.Zstd(3)}
V2_CODECS |= {f"blosc-{name}-{shuffle}": numcodecs.Blosc(name, 5, shuffle) for name, shuffle in BLOSC}
V3_CODECS = {"raw": (), "gzip": (v3.GzipCodec(),), "zstd": (v3.ZstdCodec(),), "crc32c": (v3.Crc32cCodec(),)}
V3_CODECS |= {"gzip-crc32c": (v3.GzipCodec(), v3.Crc32cCodec()), "crc32c-zstd": (v3.Crc32cCodec(), v3.ZstdCodec())}
V3_CODECS |= {
    f"blosc-{name}-{shuffle}": (v3.BloscCodec(cname=name, shuffle=["noshuffle", "shuffle", "bitshuffle"][shuffle]),)
    for name, shuffle in BLOSC
}

random = np.random.default_rng(7)


def values(shape, dtype):
    """Noise over a slope, so that codecs have something to pack and a wrong place shows."""
    slope = np.add.outer(np.arange(np.prod(shape[:-1])) * 3, np.arange(shape[-1])).reshape(shape)
    data = slope + random.integers(0, 9, shape)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        data = data / 7 - 20
    return (data if dtype.kind == "f" else data * (251 if dtype.itemsize == 2 else 1)).astype(dtype)


class Cases:
    def __init__(self, folder):
        self.folder = folder
        self.arrays = []
        self.plates = []

    def plain(self, name, data):
        (self.folder / f"{name}.bin").write_bytes(np.ascontiguousarray(data).astype(data.dtype.newbyteorder("<")).tobytes())

    def add(self, name, data, fill_value=0, keep=None, zarr_format=2, **storage):
        """`keep` is how many of the first axis' planes are written; the rest stays the fill value."""
        array = zarr.create_array(
            str(self.folder / name), shape=data.shape, dtype=data.dtype, fill_value=fill_value, zarr_format=zarr_format, **storage)
        if keep is None:
            array[:] = data
        else:
            array[:keep] = data[:keep]
            data[keep:] = fill_value
        self.plain(name, data)
        self.arrays.append({"name": name, "format": zarr_format, "type": data.dtype.name, "shape": list(data.shape)})


def write_v2(cases):
    storages = itertools.cycle(itertools.product(CHUNKS, "CF", "./"))
    for number, (dtype, (name, codec)) in enumerate(itertools.product(TYPES, V2_CODECS.items())):
        for _ in range(2):
            chunks, order, separator = next(storages)
            cases.add(
                f"v2-{len(cases.arrays)}-{dtype.strip('<>')}-{name}", values(SHAPE, dtype), chunks=chunks, order=order, compressors=codec,
                filters=None, chunk_key_encoding={"name": "v2", "separator": separator})
        # The cycle and the codecs must not run in step.
        if number % 4 == 3:
            next(storages)
    for rank in [2, 3, 4]:
        cases.add(f"v2-rank{rank}", values(SHAPE[-rank:], "<u2"), chunks=CHUNKS[1][-rank:], order="F")
    for index, (dtype, fill) in enumerate([("u1", 7), ("<u2", 65535), (">u2", 258), ("<f4", -1.5), (">f4", np.nan), ("<f4", np.inf), ("<f4", -np.inf)]):
        cases.add(f"v2-fill{index}", values(SHAPE, dtype), fill_value=fill, keep=1, chunks=CHUNKS[1])


def write_v3(cases):
    storages = itertools.cycle(itertools.product(CHUNKS, ["default", "v2"], "./", [None, (4, 3, 2, 1, 0), (1, 0, 2, 4, 3)]))
    for dtype, (name, codec) in itertools.product(TYPES, V3_CODECS.items()):
        chunks, keys, separator, order = next(storages)
        cases.add(
            f"v3-{len(cases.arrays)}-{dtype.strip('<>')}-{name}", values(SHAPE, dtype).astype(np.dtype(dtype).newbyteorder("=")), zarr_format=3,
            chunks=chunks, compressors=codec, serializer=v3.BytesCodec(endian="big" if dtype[0] == ">" else "little"),
            filters=None if order is None else (v3.TransposeCodec(order=order),), chunk_key_encoding={"name": keys, "separator": separator})
    inner = [(1, 1, 1, 4, 5), (1, 2, 1, 11, 14)]
    for dtype, (name, codec), location in itertools.product(TYPES, V3_CODECS.items(), ["end", "start"]):
        if name.startswith("blosc") and not name.startswith("blosc-lz4-"):
            continue
        order = (4, 1, 2, 3, 0) if location == "start" else (0, 1, 2, 3, 4)
        chunk = inner[len(cases.arrays) % 2]
        shards = tuple(c * n for c, n in zip(chunk, (2, 1, 1, 2, 2)))
        sharding = v3.ShardingCodec(
            chunk_shape=chunk, index_location=location, codecs=(
                v3.TransposeCodec(order=order), v3.BytesCodec(endian="big" if dtype[0] == ">" else "little"), *codec))
        cases.add(
            f"v3-sharded-{len(cases.arrays)}-{dtype.strip('<>')}-{name}-{location}", values(SHAPE, dtype).astype(np.dtype(dtype).newbyteorder("=")),
            zarr_format=3, chunks=shards, serializer=sharding, compressors=None, fill_value=3, keep=1 + len(cases.arrays) % 3)
    for index, (dtype, fill) in enumerate([("u1", 7), ("<u2", 300), ("<f4", np.nan), ("<f4", -np.inf), ("<f4", 0.1)]):
        cases.add(f"v3-fill{index}", values(SHAPE, dtype), fill_value=fill, keep=1, chunks=CHUNKS[1], zarr_format=3)


def write_plate(cases, name, zarr_format):
    """Two wells of two fields in the rows and columns of a larger plate; columns are padded in version 0.5."""
    columns = ["2", "11"] if zarr_format == 2 else ["02", "11"]
    wells = [("A", 0, columns[1], 1), ("C", 1, columns[0], 0)]
    version = "0.4" if zarr_format == 2 else "0.5"

    def group(path, attributes):
        made = zarr.open_group(str(cases.folder / name / path), mode="a", zarr_format=zarr_format)
        made.attrs.update(attributes if zarr_format == 2 else {"ome": {"version": version, **attributes}})

    group("", {"plate": {
        "name": name, "version": version, "field_count": 2, "rows": [{"name": "A"}, {"name": "C"}], "columns": [{"name": c} for c in columns],
        "acquisitions": [{"id": 0}, {"id": 1}],
        "wells": [{"path": f"{row}/{column}", "rowIndex": r, "columnIndex": c} for row, r, column, c in wells]}})
    axes = [{"name": a, "type": t} for a, t in zip("tczyx", ["time", "channel", "space", "space", "space"])]
    listed = []
    for row, _, column, _ in wells:
        group(f"{row}/{column}", {"well": {"version": version, "images": [{"path": p, "acquisition": a} for a, p in enumerate(["1", "0"])]}})
        for field in ["1", "0"]:
            path = f"{row}/{column}/{field}"
            scale = [{"type": "scale", "scale": [1, 1, 1, 1, 1]}]
            group(path, {
                "multiscales": [{
                    "version": version, "axes": axes, "datasets": [{"path": str(level), "coordinateTransformations": scale} for level in range(2)]}],
                "omero": {"channels": [{"label": "H2B", "window": {"min": float("nan")}}, {"label": "tubulin"}]}})
            data = values((3, 2, 1, 22, 30), "u1")
            separator = {"name": "v2" if zarr_format == 2 else "default", "separator": "/"}
            for level in range(2):
                array = zarr.create_array(
                    str(cases.folder / name / path / str(level)), shape=data[..., :: level + 1, :: level + 1].shape, dtype="u1",
                    chunks=(1, 1, 1, 10, 16), zarr_format=zarr_format, chunk_key_encoding=separator)
                array[:] = data[..., :: level + 1, :: level + 1]
            cases.plain(f"{name}-{row}{int(column)}-{field}", data)
            listed.append({"well": f"{row}{int(column)}", "values": f"{name}-{row}{int(column)}-{field}"})
    cases.plates.append({"name": name, "shape": [3, 2, 1, 22, 30], "fields": listed})


def main():
    cases = Cases(pathlib.Path(sys.argv[1]))
    write_v2(cases)
    write_v3(cases)
    write_plate(cases, "plate04", 2)
    write_plate(cases, "plate05", 3)
    (cases.folder / "cases.json").write_text(json.dumps({"arrays": cases.arrays, "plates": cases.plates}))


if __name__ == "__main__":
    main()
