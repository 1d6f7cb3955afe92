"""Writes EXPECTED.tsv: what is right of the IDR's screens, read from their tables by a program that shares nothing with the product's.

Usage: expectations.py STUDIES > EXPECTED.tsv

Wells, controls and failures are counted here; layouts and channels were judged by reading the tables, settings and `.screen` files (JUDGED, with why).
"""
import collections
import csv
import glob
import gzip
import io
import re
import sys
import zipfile

csv.field_size_limit(1 << 30)

# screen: (channels, why, layout). "-" is not judged: the tables do not say what the files call their channels.
POSITION = "the study's settings show these names in this order"
JUDGED = {
    "idr0001A": ("-", "no labels", "folder"),
    "idr0002A": ("-", "files' names not at hand", "ScanR"),
    "idr0003A": ("-", "no labels", "folder"),
    "idr0005A": ("-", "no labels", "MetaXpress"),
    "idr0005B": ("-", "files' names not at hand", "MetaXpress"),
    "idr0006A": ("DAPI:nuclei=1;TRITC:HA_Flag tagged protein=2", POSITION, "MetaXpress"),
    "idr0007A": ("-", "labels say nothing", "folder"),
    "idr0008A": ("-", "no labels", "MetaXpress"),
    "idr0008B": ("-", "files' names not at hand", "folder"),
    "idr0009B": ("-", "no labels", "folder"),
    "idr0011A": ("-", "files' names not at hand", "screen"),
    "idr0011B": ("-", "files' names not at hand", "screen"),
    "idr0011C": ("-", "files' names not at hand", "screen"),
    "idr0011D": ("-", "files' names not at hand", "screen"),
    "idr0011E": ("-", "files' names not at hand", "screen"),
    "idr0013B": ("-", "no labels", "screen"),
    "idr0020A": ("-", "files' names not at hand", "folder"),
    "idr0028A": ("contradiction", "channel 1 is shown in blue, and Hoechst stands last", "Columbus"),
    "idr0028B": ("contradiction", "channel 1 is shown in blue, and Hoechst stands last", "Columbus"),
    "idr0028C": ("contradiction", "channel 1 is shown in blue, and Hoechst stands last", "Columbus"),
    "idr0028D": ("contradiction", "channel 1 is shown in blue, and Hoechst stands last", "Columbus"),
    "idr0034A": ("DAPI:nuclei=1;Alexa 488:EdU, proliferation=2;CellMask:plasma membrane=3;Brightfield:cell outline=4", POSITION, "folder"),
    "idr0035A": ("DNA=1;F-actin=3;B-tubulin=2", "the .screen files say DAPI, Tubulin, Actin", "screen"),
    "idr0036A": ("Hoechst 33342=3;MitoTracker Deep Red=4;phalloidin AlexaFluor594 conjugate=5", "the .screen file of plate 20585", "screen"),
    "idr0037A": ("nuclei=1;Alexa 488=2;plasma membrane=3;Brightfield=4", POSITION, "Harmony"),
    "idr0061A": ("Alexa 555=1", "there is one channel", "InCell"),
    "idr0064A": ("-", "files' names not at hand", "screen"),
    "idr0080A": ("-", "files' names not at hand", "folder"),
    "idr0088A": ("Ch1 (blue)=1;Ch2 (green)=2;Ch3 (red)=3", "the labels have numbers", "Yokogawa"),
    "idr0090A": ("Brightfield=1;DAPI=2;GFP=3;Cy3=4;Cy5=5", "the study's settings show the targets in this order", "screen"),
    "idr0092A": ("bright-field=1", "there is one channel", "companion"),
    "idr0097A": ("GFP=1", "there is one channel", "Harmony"),
    "idr0112A": ("-", "files' names not at hand, labels differ by plate", "companion"),
    "idr0119A": ("-", "files' names not at hand", "companion"),
    "idr0129A": ("-", "files' names not at hand", "MetaXpress"),
    "idr0129B": ("-", "files' names not at hand", "MetaXpress"),
    "idr0129C": ("-", "files' names not at hand", "MetaXpress"),
    "idr0129D": ("-", "files' names not at hand", "InCell"),
    "idr0130A": ("-", "files' names not at hand", "MetaXpress"),
    "idr0130B": ("-", "files' names not at hand", "MetaXpress"),
    "idr0130C": ("-", "files' names not at hand", "MetaXpress"),
    "idr0140A": ("-", "files' names not at hand", "folder"),
    "idr0140B": ("-", "files' names not at hand", "folder"),
    "idr0143A": ("-", "no labels", "folder"),
}
# Where no column says control: what a person would take instead, and why.
INSTEAD = {
    "idr0112A": "Experimental Condition [Treatment Description]=untreated",
    "idr0140A": "Experimental Condition [HU Treatment]=Untreated",
    "idr0140B": "Experimental Condition [MMS Treatment]=Untreated",
    "idr0143A": "Drug=DMSO",
}
# Comments say "control cell line" where the column for controls is empty.
FROM_COMMENTS = {"idr0037A": "Control Comments"}
# Wells that the tables cannot tell: "images and annotation coming soon" was written before the images came.
UNKNOWN_WELLS = {"idr0034A"}

NO_IMAGE = re.compile(r"\bno images?\b|images? (is |are )?missing|image not available|images not available|\bunimaged\b|plate missing", re.I)
NEGATIVE = re.compile(r"^(negative|vehicle|untreated|no reagent|no sirna|mock|dmso)", re.I)


def table(path):
    if path.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            data = archive.read([name for name in archive.namelist() if name.endswith(".csv")][0])
    else:
        data = gzip.open(path).read() if path.endswith(".gz") else open(path, "rb").read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    rows = list(csv.reader(io.StringIO(text)))
    header = [name.strip() for name in rows[0]]
    return header, [row + [""] * (len(header) - len(row)) for row in rows[1:] if any(row)]


def kind(text):
    text = text.strip().lower()
    if not text or text.startswith(("empty", "blank")) or "possibly" in text:
        return None
    if NEGATIVE.match(text):
        return "negative"
    if text.startswith("positive"):
        return "positive"
    return "other" if "control" in text else None


def row(screen, path):
    header, rows = table(path)
    place = {name: index for index, name in enumerate(header)}
    spoken = [i for i, name in enumerate(header) if re.search("comment|issue|quality", name, re.I)]
    kept = [r for r in rows if not any(NO_IMAGE.search(r[i]) for i in spoken)]
    wells = collections.OrderedDict()
    for r in kept:
        wells.setdefault((r[place["Plate"]], r[place["Well"]].strip()), []).append(r)
    column = place.get(FROM_COMMENTS.get(screen, "Control Type"))
    kinds = [next((k for k in (kind(r[column]) for r in same) if k), None) if column is not None else None for same in wells.values()]
    count = collections.Counter(k for k in kinds if k)
    controls = str(sum(count.values())) if count else "none" + (f": {INSTEAD[screen]}" if screen in INSTEAD else "")
    quality = place.get("Quality Control")
    failed = "-"
    if quality is not None:
        texts = [same[0][quality].strip().lower() for same in wells.values()]
        if any(texts):
            failed = str(sum(t.startswith(("fail", "false", "excluded")) for t in texts))
    channels, _, layout = JUDGED[screen]
    number = "-" if screen in UNKNOWN_WELLS else str(len(wells))
    return [screen, number, controls, str(count["negative"]) if count else "-", str(count["positive"]) if count else "-", channels, layout, failed]


def main(studies):
    print("\t".join("screen wells controls negative positive channels layout quality_fail".split()))
    for path in sorted(glob.glob(f"{studies}/*/screen*/*-annotation.csv*")):
        accession, letter = re.search(r"(idr\d+)-screen([A-Z])-annotation", path).groups()
        print("\t".join(row(accession + letter, path)))


main(sys.argv[1])
