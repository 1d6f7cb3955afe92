@testable import IDRFiles
@testable import IDRFormats
import IDRPlan

/// What studies and vendors say beside images.
enum IndexTargets {
    static let all = [yaml, index, flex]

    private static let yaml = FuzzTarget(name: "yaml") { bytes in
        let settings = try YAML(bytes, called: "x.yml")
        _ = settings["columns"]?.list.map { ($0.text, $0["name"]?.text) }
        _ = settings["channels"]?.entries.map { ($0.key, $0.value["label"]?.text) }
    }

    /// One of each kind of index.
    private static let names = [
        "x.screen", "x.pattern", "x.companion.ome", "ImageIndex.ColumbusIDX.xml", "Index.idx.xml", "x.HTD", "MeasurementData.mlf", "x.xdce",
        "experiment_descriptor.xml",
    ]

    /// Images that indices without names of their own find beside them.
    private static let images = ["a--W00001--P00001--Z00000--T00000--DAPI.tif", "x_A01_s1_w1.tif"]

    /// The first byte chooses the kind, the others are its content.
    private static let index = FuzzTarget(name: "index") { bytes in
        guard let first = bytes.first else { return }
        let (name, content) = (names[Int(first) % names.count], Array(bytes.dropFirst()))
        guard let format = PlateIndexFormats.format(of: name) else { return }
        let files = IndexFiles(name: name, files: (images + [name]).sorted(), place: { _ in nil }, read: { path, _ in path == name ? content : nil })
        _ = try Wait.forResult { try await format.read(files) }
    }

    /// What an Opera's file says of its pages; the first byte is how many it has.
    private static let flex = FuzzTarget(name: "flex") { bytes in
        guard let count = bytes.first else { return }
        let flex = try FlexPages(String(decoding: bytes.dropFirst(), as: UTF8.self), pages: Int(count))
        // Each page is one plane.
        precondition(flex.places.compactMap(\.self).sorted() == Array(0..<Int(count)))
        precondition(flex.places.count == flex.fields * flex.frames * flex.channelNames.count * flex.slices)
    }
}
