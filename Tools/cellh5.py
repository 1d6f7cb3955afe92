"""Writing the CellH5 layout with h5py, for the programs here that make test files and example files.

Nothing in a file depends on when it is written, so the same input gives the same bytes.
"""

import h5py
import numpy as np

CHANNEL = np.dtype([
    ("channel_name", "S50"), ("description", "S100"), ("is_physical", "?"), ("voxel_size", "<f8", (3,)), ("color", "S7"),
])
REGION = np.dtype([("region_name", "S50"), ("channel_idx", "<i4")])


def group(parent, path):
    """The group at `path` below `parent`, its parents made as needed."""
    for name in path.split("/"):
        parent = parent[name] if name in parent else parent.create_group(name)
    return parent


def write_definition(file, channels, regions=()):
    """Names of the channels (name, description) and of the kinds of label image."""
    image = group(file, "definition/image")
    rows = [(name.encode(), text.encode(), True, (1.0, 1.0, 1.0), b"#ffffff") for name, text in channels]
    image.create_dataset("channel", data=np.array(rows, dtype=CHANNEL))
    if regions:
        image.create_dataset("region", data=np.array([(name.encode(), 0) for name in regions], dtype=REGION))


def position(file, plate, experiment, name):
    """The group `image` of one position."""
    return group(file, f"sample/0/plate/{plate}/experiment/{experiment}/position/{name}/image")


def open_for_writing(path, version="earliest"):
    """A new file of the given format: "earliest" (superblock 0), "v108" (2) or "v110" (3)."""
    return h5py.File(path, "w", libver=(version, version if version != "earliest" else "latest"))
