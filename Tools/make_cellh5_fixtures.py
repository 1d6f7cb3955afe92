#!/usr/bin/env python3
"""Writes the CellH5 test files in Tests/Fixtures/cellh5. Needs h5py and numpy; the tests themselves do not.

Pixels follow a formula that the tests repeat (`pixel` below), so no file of expected values is needed.
"""

import pathlib

import h5py
import numpy as np

import cellh5

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "cellh5"
SHAPE = (2, 3, 1, 12, 16)  # c, t, z, y, x
VERSIONS = {0: "earliest", 2: "v108", 3: "v110"}
STORAGE = {
    "contiguous": {},
    "chunked": {"chunks": (1, 1, 1, 5, 8)},  # does not divide the height
    "deflate": {"chunks": (2, 1, 1, 3, 4), "compression": "gzip", "compression_opts": 6, "shuffle": True},
}


def pixel(shape, dtype, seed=0):
    """(53 c + 17 t + 29 z + 3 y + 7 x + seed) mod 251, times 257 in 16 bits."""
    c, t, z, y, x = np.indices(shape)
    return ((53 * c + 17 * t + 29 * z + 3 * y + 7 * x + seed) % 251 * (257 if dtype == np.uint16 else 1)).astype(dtype)


def write(name, data, version=0, regions=None, positions=("0001",), channels=("rfp", "gfp"), **storage):
    path = FOLDER / f"{name}.ch5"
    with cellh5.open_for_writing(path, VERSIONS[version]) as file:
        cellh5.write_definition(file, [(channel, "a test channel") for channel in channels], ["primary__primary"] if regions is not None else ())
        for index, position in enumerate(positions):
            image = cellh5.position(file, "TEST_01", "00004", position)
            image.create_dataset("channel", data=data if index == 0 else data + np.array(index, data.dtype), **storage)
            if regions is not None:
                image.create_dataset("region", data=regions, chunks=(1, 1, 1, 6, 8), compression="gzip")
    return path


def chunk_of(path, dataset, chunk):
    with h5py.File(path) as file:
        name = "sample/0/plate/TEST_01/experiment/00004/position/0001/image/" + dataset
        info = file[name].id.get_chunk_info_by_coord(chunk)
        return info.byte_offset, info.size


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for version in VERSIONS:
        for storage, options in STORAGE.items():
            for dtype in (np.uint8, np.uint16):
                write(f"superblock{version}_{storage}_{np.dtype(dtype).name}", pixel(SHAPE, dtype), version, **options)

    one = (1,) + SHAPE[1:]
    small = pixel(one, np.uint8)
    deflate = {"chunks": (1, 1, 1, 6, 8), "compression": "gzip"}
    write("with_regions", small, 3, regions=pixel(one, np.uint16, seed=5), channels=["rfp"], **deflate)
    write("two_positions", small, 3, positions=("0001", "0002"), channels=["rfp"], **deflate)
    write("float32", small.astype(np.float32), 3, channels=["rfp"])
    write("int16", small.astype(np.int16), 3, channels=["rfp"])
    write("rank4", small[0], 3, channels=["rfp"])

    # A file of full length whose second frame lost one chunk.
    path = write("zeroed_hole", small, 3, channels=["rfp"], **deflate)
    offset, size = chunk_of(path, "channel", (0, 1, 0, 6, 0))
    content = bytearray(path.read_bytes())
    content[offset:offset + size] = bytes(size)
    path.write_bytes(content)

    with cellh5.open_for_writing(FOLDER / "not_cellh5.h5", "v110") as file:
        file.create_dataset("image", data=small[0, 0, 0])
    with cellh5.open_for_writing(FOLDER / "never_written.ch5", "v110") as file:
        cellh5.position(file, "TEST_01", "00004", "0001").create_dataset("channel", shape=one, dtype=np.uint8, chunks=(1, 1, 1, 6, 8))

    # A movie of MitoCheck's length that does not compress away: one random bit a pixel.
    movie = np.random.default_rng(93).integers(0, 2, (1, 93, 1, 44, 64), dtype=np.uint8)
    write("frames93", movie, 3, channels=["rfp"], chunks=(1, 1, 1, 22, 32), compression="gzip", compression_opts=9)

    total = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} files, {total} bytes")


if __name__ == "__main__":
    main()
