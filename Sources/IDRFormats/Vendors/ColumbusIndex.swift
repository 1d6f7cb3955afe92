import IDRPlan

/// `MeasurementIndex.ColumbusIDX.xml` and `ImageIndex.ColumbusIDX.xml`: plates as PerkinElmer's Columbus exports them.
///
/// The measurement's index has the plate's size and refers to files beside it (`Reference`), of which those called `...ColumbusIDX.xml` list
/// images as Harmony's indices do, with the page of the file (`BufferNo`, from 0) and times from 1. Folders below it that hold such a list are one
/// time each, in the order of their names. No real file was at hand.
package struct ColumbusIndex: PlateIndexFormat {
    package init() {}

    package let name = "Columbus"

    package func recognises(fileName: String) -> Bool { fileName.lowercased().hasSuffix(".columbusidx.xml") }

    package func choose(among names: [String]) -> String? {
        names.first { $0.lowercased().hasPrefix("measurementindex") } ?? names.first { $0.lowercased().hasPrefix("imageindex") } ?? names.first
    }

    /// No measurement is in more folders.
    private static let mostFolders = 4096

    package func read(_ files: IndexFiles) async throws -> PlateIndex {
        let bytes = try await files.bytes()
        let root: XMLTree
        do throws(XMLRefusal) { root = try XMLTree.document(bytes) } catch { throw PlateIndexFormats.error(files.name, error.reason) }
        var lists: [(path: String, frame: Int?)] = []
        var (rows, columns): (Int?, Int?) = (nil, nil)
        if root.name == "EvaluationInputData" {
            lists = [(files.name, nil)]
        } else {
            (rows, columns) = (Self.number(root, "PlateRows"), Self.number(root, "PlateColumns"))
            lists = try await Self.lists(root, files)
        }
        var images: [(folder: String, image: EvaluationInput.Image)] = []
        var names: [Int: String] = [:]
        for list in lists {
            guard let bytes = list.path == files.name ? bytes : try await files.bytes(of: list.path) else { continue }
            let document = try EvaluationInput(bytes, called: list.path)
            (rows, columns) = (rows ?? document.rows, columns ?? document.columns)
            names.merge(document.channelNames) { known, _ in known }
            let folder = list.path.lastIndex(of: "/").map { String(list.path[...$0]) } ?? ""
            for var image in document.images {
                if let frame = list.frame { image.index.frame = frame }
                images.append((folder, image))
            }
        }
        let ranks = PlaneRanks(images.map(\.image.index))
        var builder = PlateIndexBuilder(
            files.name, rows: rows, columns: columns, channelNames: ranks.numbers(.channel).map { names[$0] })
        for (folder, image) in images {
            let place = try PlanePlace(file: folder + image.url, page: (image.buffer ?? 0) + 1)
            try builder.add(place, at: ranks[image.index], row: image.row - 1, column: image.column - 1)
        }
        return try builder.finished()
    }

    /// The lists of images: those that the index refers to, else those beside it, and those in folders, which are times.
    private static func lists(_ root: XMLTree, _ files: IndexFiles) async throws -> [(path: String, frame: Int?)] {
        let isList = { (name: String) in
            let name = name.lowercased()
            return name.hasSuffix(".columbusidx.xml") && !OMEImages.lastPart(of: name).hasPrefix("measurementindex")
        }
        var inFolders: [(path: String, frame: Int?)] = []
        for folder in files.folders.prefix(mostFolders) {
            let held = try await files.contents(of: folder).files.filter(isList)
            guard !held.isEmpty else { continue }
            let frame = (inFolders.last?.frame ?? 0) + 1
            inFolders += held.map { ("\(folder)/\($0)", frame) }
        }
        // Alone, a folder may hold all times.
        if !inFolders.isEmpty { return inFolders.last?.frame == 1 ? inFolders.map { ($0.path, nil) } : inFolders }
        let referred = root.descendants("Reference").map(\.text).filter(isList)
        let beside = files.files.filter(isList)
        let named = Set(referred.map { OMEImages.lastPart(of: $0) }).sorted()
        return (beside.isEmpty ? named : beside).map { ($0, nil) }
    }

    private static func number(_ root: XMLTree, _ name: String) -> Int? { root.descendants(name).first.flatMap { Int($0.text) } }
}
