#!/usr/bin/env python3
"""Writes the hostile HDF5 files in Tests/Fixtures/hostile that are made and not found (its README names both). Needs h5py and numpy."""

import pathlib
import struct
import zlib

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "Fixtures" / "hostile"
IMAGE = "/sample/0/plate/P/experiment/00004/position/0001/image"
SMALL = np.ones((1, 3, 1, 12, 16), np.uint8)
GIGABYTE = 1 << 30


def movie(name, defined=True, **dataset):
    file = h5py.File(FOLDER / name, "w", libver="earliest")
    image = file.create_group(IMAGE)
    channel = image.create_dataset("channel", **(dataset or {"data": SMALL, "chunks": (1, 1, 1, 12, 16), "compression": "gzip"}))
    if defined:
        file["/definition/image/channel"] = np.array([(b"rfp",)], np.dtype([("channel_name", "S50")]))
    return file, channel


def compounds(name, size, text, shape, chunk=None):
    """A movie whose channel names are texts of `text` bytes in compounds of `size` bytes, never written."""
    file, _ = movie(name, defined=False)
    string = h5py.h5t.C_S1.copy()
    string.set_size(text)
    kind = h5py.h5t.create(h5py.h5t.COMPOUND, size)
    kind.insert(b"channel_name", 0, string)
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    space = h5py.h5s.create_simple(shape, (h5py.h5s.UNLIMITED,) if chunk else None)
    if chunk:
        creation.set_chunk(chunk)
    h5py.h5d.create(file.create_group("/definition/image").id, b"channel", kind, space, creation)
    file.close()


def changed(source, name, old, new, skip=0):
    """`source` with the bytes `skip` after the first `old` replaced."""
    content = bytearray((FOLDER / source).read_bytes())
    place = content.index(old) + skip
    content[place : place + len(new)] = new
    (FOLDER / name).write_bytes(content)


def shared_text(name, count, length):
    """A movie with `count` channel names that are all one text of `length` bytes, which is stored once."""
    file, _ = movie(name, defined=False)
    kind = np.dtype([("channel_name", h5py.string_dtype())])
    values = np.empty(count, kind)
    values["channel_name"] = "q"
    values["channel_name"][0] = "x" * length
    file.create_dataset("/definition/image/channel", data=values)
    file.close()
    content = bytearray((FOLDER / name).read_bytes())
    # An element: its length, the address of its heap, its number there. The second one is one letter long.
    first = next(
        place for place in range(len(content) - 20)
        if content[place : place + 4] == struct.pack("<I", length) and content[place + 16 : place + 20] == struct.pack("<I", 1)
    )
    for element in range(1, count):
        content[first + 16 * element : first + 16 * element + 16] = content[first : first + 16]
    (FOLDER / name).write_bytes(content)


def tree_in_itself(source, name):
    """`source`, whose first tree of links is its own branch."""
    content = bytearray((FOLDER / source).read_bytes())
    place = content.index(b"TREE\x00")
    content[place + 5] = 1
    content[place + 32 : place + 40] = struct.pack("<Q", place)
    (FOLDER / name).write_bytes(content)


def endless_text(source, name, length):
    """`source`, of whose texts of `length` bytes one after another the first says that it has 4 GB."""
    content = bytearray((FOLDER / source).read_bytes())
    text = struct.pack("<I", length)
    place = next(place for place in range(len(content) - 20) if content[place : place + 4] == text == content[place + 16 : place + 20])
    content[place : place + 4] = struct.pack("<I", (1 << 32) - 1)
    (FOLDER / name).write_bytes(content)


def movies():
    for name, shape, chunk, kind in [
        ("many_channels", (2**40, 1, 1, 4, 4), (1, 1, 1, 4, 4), "u1"), ("many_frames", (1, 2**40, 1, 4, 4), (1, 1, 1, 4, 4), "u1"),
        ("pixel_chunks", (1, 1, 1, 30_000, 30_000), (1, 1, 1, 1, 1), "u1"), ("unwritten_plane", (1, 1, 1, 30_000, 30_000), None, "u2"),
    ]:
        movie(f"{name}.ch5", shape=shape, chunks=chunk, dtype=kind)[0].close()
    file, channel = movie("huge_chunk.ch5", shape=(1, 1, 1, 12, 16), maxshape=(None,) * 5, chunks=(1, 1, 1, 32_768, 65_536), dtype="u1", compression="gzip")
    channel.id.write_direct_chunk((0,) * 5, zlib.compress(bytes(1000)))
    file.close()
    compounds("huge_string.ch5", GIGABYTE, GIGABYTE, (4,))
    compounds("wide_compound.ch5", GIGABYTE // 2, 50, (1,))
    compounds("many_names.ch5", 50, 50, (1 << 50,), (100,))
    shared_text("text_bomb.ch5", 2000, 40_000)

    movie("base.ch5")[0].close()
    changed("base.ch5", "link_count.ch5", b"SNOD\x01\x00", b"\xff\xff", 6)
    changed("base.ch5", "tree_count.ch5", b"TREE\x00", b"\xff\xff", 6)
    changed("base.ch5", "heap_size.ch5", b"HEAP", struct.pack("<Q", 1 << 40), 8)
    changed("base.ch5", "stored_chunk_size.ch5", b"TREE\x01", b"\xff\xff\xff\xff", 24)
    changed("text_bomb.ch5", "text_heap_size.ch5", b"GCOL", struct.pack("<Q", 1 << 41), 8)
    tree_in_itself("base.ch5", "tree_in_itself.ch5")
    endless_text("text_bomb.ch5", "endless_text.ch5", 40_000)
    (FOLDER / "base.ch5").unlink()


def weights():
    with h5py.File(FOLDER / "base.h5", "w", libver="earliest") as file:
        file.attrs["layer_names"] = np.array([b"layer_a", b"layer_b", b"layer_c"], "S7")
        for layer in ["layer_a", "layer_b", "layer_c"]:
            file.create_group(layer).attrs["weight_names"] = np.array([b"w"], "S1")
            file[layer]["w"] = np.ones((2, 3), "f4")
    changed("base.h5", "attribute_text_size.hdf5", b"\x13\x01\0\0\x07\0\0\0", struct.pack("<I", GIGABYTE), 4)
    count = b"\x01\x01\x01\0\0\0\0\0" + struct.pack("<QQ", 3, 3)
    changed("base.h5", "attribute_count.hdf5", count, struct.pack("<QQ", 1 << 61, 1 << 61), 8)
    (FOLDER / "base.h5").unlink()
    with h5py.File(FOLDER / "huge_weights.hdf5", "w", libver="latest") as file:
        file.attrs["layer_names"] = np.array([b"a"], "S1")
        file.create_group("a").attrs["weight_names"] = np.array([b"w"], "S1")
        file["a"].create_dataset("w", shape=(2**31, 2**31), dtype="f4", chunks=(1024, 1024))
    # Nothing is wrong with these names but their length.
    with h5py.File(FOLDER / "long_names.hdf5", "w", libver="latest") as file:
        file.create_group("/sample/0/plate/" + "P" * 5000)
        file["/sample/0"].attrs["a" * 20_000] = 1
        file["/sample/0"].attrs["b" * 3000] = "text"


FOLDER.mkdir(exist_ok=True)
movies()
weights()
