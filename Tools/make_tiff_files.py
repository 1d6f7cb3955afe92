#!/usr/bin/env python3
"""Writes TIFF and OME-TIFF files of many layouts, for the test that reads them back: make_tiff_files.py FOLDER.

Beside them, `cases.json` lists for each file its number type, its shape [field, frame, channel, z, y, x] and the file of its
values, little-endian and in that order. Needs the packages in test-requirements.txt.
"""

import itertools
import json
import pathlib
import sys
import uuid

import numpy as np
import tifffile

FOLDER = pathlib.Path(sys.argv[1])
TYPES = {"uint8": np.uint8, "uint16": np.uint16, "float32": np.float32}
HEIGHT, WIDTH = 37, 53  # no tile or strip divides them
LAYOUTS = {"strip": {"rowsperstrip": HEIGHT}, "strips": {"rowsperstrip": 7}, "row": {"rowsperstrip": 1}, "tiles": {"tile": (16, 32)}, "tile": {"tile": (64, 64)}}
# Both numbers of deflate, 8 and 32946.
COMPRESSIONS = ["none", "adobe_deflate", "deflate", "lzw", "packbits", "zstd"]
cases = []


def values(kind, shape, seed=0):
    """Noise beside flat parts, so that each way of packing has something to do."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=shape) * 1e3 if kind == "float32" else random.integers(0, np.iinfo(TYPES[kind]).max, shape, endpoint=True)
    noise[..., 5:20, 10:40] = 7
    return noise.astype(TYPES[kind])


def case(name, path, array, channels=None):
    """`array` is [field, frame, channel, z, y, x]."""
    data = f"{name}.bin"
    array.astype(array.dtype.newbyteorder("<")).tofile(FOLDER / data)
    cases.append({"name": name, "path": path, "type": array.dtype.name, "shape": array.shape, "values": data, "channels": channels})


def six(array):
    return array.reshape((1,) * (6 - array.ndim) + array.shape)


def plain():
    for kind, (layout, how), compression, order, big in itertools.product(TYPES, LAYOUTS.items(), COMPRESSIONS, "<>", (False, True)):
        predictors = [1]
        if compression not in ("none", "packbits"):
            predictors.append(3 if kind == "float32" else 2)
        for predictor in predictors:
            pages = 1 if layout == "row" else 3
            array = values(kind, (pages, HEIGHT, WIDTH), seed=len(cases))
            name = f"{kind}-{layout}-{compression}-predictor{predictor}-{'little' if order == '<' else 'big'}{'-bigtiff' if big else ''}"
            packed = {} if compression == "none" else {"compression": compression, "predictor": predictor if predictor > 1 else None}
            with tifffile.TiffWriter(FOLDER / f"{name}.tif", byteorder=order, bigtiff=big) as file:
                for page in array:
                    file.write(page, photometric="minisblack", contiguous=False, metadata=None, **how, **packed)
            case(name, f"{name}.tif", array.reshape(1, pages, 1, 1, HEIGHT, WIDTH))


def others():
    array = values("uint16", (4, HEIGHT, WIDTH))
    with tifffile.TiffWriter(FOLDER / "reduced.tif") as file:  # smaller copies between the pages, and below them
        for page in array:
            file.write(page, subifds=1, contiguous=False, metadata=None)
            file.write(page[::2, ::2], subfiletype=1, metadata=None)
            file.write(page[::4, ::4], subfiletype=1, contiguous=False, metadata=None)
    case("reduced", "reduced.tif", array.reshape(1, 4, 1, 1, HEIGHT, WIDTH))
    for axes, shape in {"TZCYX": (2, 4, 3), "CYX": (3,), "ZYX": (4,), "TYX": (5,), "ZCYX": (4, 3), "TCYX": (2, 3)}.items():
        array = values("uint16", shape + (HEIGHT, WIDTH))
        tifffile.imwrite(FOLDER / f"imagej-{axes}.tif", array, imagej=True, metadata={"axes": axes})
        case(f"imagej-{axes}", f"imagej-{axes}.tif", arranged(array, axes))


def arranged(array, axes):
    """To [field, frame, channel, z, y, x] from `axes`."""
    full = "TCZYX"
    present = [axes.index(axis) for axis in full if axis in axes]
    array = array.transpose(present)
    return array.reshape([1] + [array.shape[[a for a in full if a in axes].index(axis)] if axis in axes else 1 for axis in full])


def ome_tifffile():
    sizes = {"T": 2, "C": 3, "Z": 4}
    for order in itertools.permutations("TCZ"):
        axes = "".join(order) + "YX"
        for kind in TYPES:
            array = values(kind, tuple(sizes[a] for a in order) + (HEIGHT, WIDTH))
            name = f"ome-{axes}-{kind}"
            names = ["DNA", "µ-tubulin", "a<b"]
            tifffile.imwrite(FOLDER / f"{name}.ome.tif", array, photometric="minisblack", bigtiff=kind == "float32", byteorder="<" if kind == "uint8" else ">",
                             metadata={"axes": axes, "Channel": {"Name": names}})
            case(name, f"{name}.ome.tif", arranged(array, axes), names)
    array = values("uint8", (3, 2, 4, HEIGHT, WIDTH))
    with tifffile.TiffWriter(FOLDER / "series.ome.tif", ome=True) as file:  # three images, with pyramids
        for image in array:
            file.write(image, subifds=1, metadata={"axes": "CZYX"}, photometric="minisblack", tile=(16, 16))
            file.write(image[..., ::2, ::2], subfiletype=1, photometric="minisblack", tile=(16, 16))
    case("series", "series.ome.tif", array.reshape(3, 1, 2, 4, HEIGHT, WIDTH))


def pixels(order, blocks, image=0, sizes=(2, 3, 4)):
    channels = "".join(f'<Channel ID="Channel:{image}:{c}" Name="stain {c + 1}" SamplesPerPixel="1"/>' for c in range(sizes[1]))
    return (f'<Image ID="Image:{image}" Name="image {image}"><Pixels ID="Pixels:{image}" DimensionOrder="{order}" Type="uint16" SizeX="{WIDTH}" '
            f'SizeY="{HEIGHT}" SizeT="{sizes[0]}" SizeC="{sizes[1]}" SizeZ="{sizes[2]}">{channels}{blocks}</Pixels></Image>')


def ome(inside, name):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="{name}">{inside}</OME>'


def ome_written():
    """Several files: one per channel and frame, by UUID; the same with a companion; wells of a plate."""
    array = values("uint16", (2, 3, 4, HEIGHT, WIDTH), seed=9)
    stains = ["stain 1", "stain 2", "stain 3"]
    for set_name in ("uuids", "companion"):
        files = {(t, c): (f"{set_name}-t{t}-c{c}.ome.tif", uuid.uuid5(uuid.NAMESPACE_URL, f"{set_name}{t}{c}").urn) for t in range(2) for c in range(3)}
        blocks = "".join(
            f'<TiffData IFD="0" FirstT="{t}" FirstC="{c}" FirstZ="0" PlaneCount="4"><UUID FileName="{name}">{urn}</UUID></TiffData>'
            for (t, c), (name, urn) in files.items())
        for (t, c), (name, urn) in files.items():
            text = ome(pixels("XYZCT", blocks), urn)
            if set_name == "companion":
                text = ome(f'<BinaryOnly MetadataFile="set.companion.ome" UUID="urn:uuid:1"/>', urn)
            tifffile.imwrite(FOLDER / name, array[t, c], photometric="minisblack", description=text.encode(), metadata=None)
        case(set_name, files[0, 0][0], six(array), stains)
        case(f"{set_name}-last", files[1, 2][0], six(array), stains)
        if set_name == "companion":
            (FOLDER / "set.companion.ome").write_text(ome(pixels("XYZCT", blocks), "urn:uuid:1"))
            case("companion-itself", "set.companion.ome", six(array), stains)
    # Nothing is said but the order: all pages, one after another.
    for order in ("XYCZT", "XYTZC", "XYZTC"):
        stored = array.transpose([{"T": 0, "C": 1, "Z": 2}[a] for a in reversed(order[2:])] + [3, 4])
        tifffile.imwrite(FOLDER / f"bare-{order}.ome.tif", stored, photometric="minisblack", description=ome(pixels(order, "<TiffData/>"), "urn:uuid:2").encode(), metadata=None)
        case(f"bare-{order}", f"bare-{order}.ome.tif", six(array), stains)


FOLDER.mkdir(parents=True, exist_ok=True)
plain()
others()
ome_tifffile()
ome_written()
(FOLDER / "cases.json").write_text(json.dumps(cases))
