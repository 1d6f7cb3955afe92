extension Stage {
    /// What decodes files of images, and what it calls.
    private static let fileLibraries = [
        "hdf5", "sz", "aec", "z", "zip", "tiff", "jpeg", "deflate", "lzma", "jbig", "webp", "Lerc", "blosc", "zstd", "lz4", "snappy", "curl",
    ]

    /// Reads pixels. Which images there are, and which of their planes are wanted, is asked here.
    package static let fetch = Stage(
        "fetch", "reads the planes that are needed of each image", takes: [.images], gives: [.planes],
        parameters: [
            Parameter("screen", .text, "screen as IDR names it", shows: [.select]) { .text($0.screen) },
            Parameter("selection", .text, "steps that chose the wells, as JSON", shows: [.select]) { .selection($0.selection) },
            Parameter("fields", .integer, "fields of view, from 1", shows: [.select]) { .list($0.fields.map { .integer($0) }) },
            // BaSiC fits all frames that are read together.
            Parameter(
                "frames", .integer, "frames of each movie, from 1", alsoDecides: ["correct"],
                shows: [.select, Artifact.planes.step, Artifact.frames.step]
            ) { .list($0.frames.map { .integer($0) }) },
            Parameter("slice", .integer, "slice of stacks, from 1", shows: [Artifact.planes.step]) { .integer($0.slice) },
        ], libraries: Dictionary(uniqueKeysWithValues: fileLibraries.map { ($0, Artifact.planes.step) }),
        repeats: "pixels are read and checked in every run, from the download cache where it has them")

    /// Writes tables.
    package static let write = Stage(
        "write", "writes the batch's tables", takes: [.locations, .measurements, .features], gives: [.tables],
        libraries: Dictionary(uniqueKeysWithValues: ["hdf5", "sz", "aec", "z", "zip"].map { ($0, Artifact.tables.step) }),
        repeats: "tables are written in every run")
}

extension Artifact {
    package static let images = Artifact(
        "images", "images of the wells, as the study has them", step: .select, isOutside: true)
    package static let planes = Artifact(
        "planes", "planes that were read, by digest of their pixels: a line 'height width type', then the pixels, little-endian",
        step: Step("input"), endings: [".tif"])
    package static let tables = Artifact("tables", "profiles, a row a nucleus", step: Step("write"))
}
