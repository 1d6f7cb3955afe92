import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import TestSupport
import Testing

@Suite struct OMEZarrTests {
    static func planes(_ seed: UInt64, frames: Int = 5, channels: Int = 2, height: Int = 21, width: Int = 34) -> [[Plane<UInt8>]] {
        (0..<frames).map { frame in
            (0..<channels).map { TIFFTests.noise(height, width, seed: seed + UInt64(10 * frame + $0)) }
        }
    }

    /// A plate of wells A4 and P24 in memory, as ``ScratchZarr`` writes it.
    static func plate() throws -> (store: MemoryStore, planes: [[Plane<UInt8>]]) {
        let folder = try ScratchFolder()
        let planes = Self.planes(1)
        try ScratchZarr.writePlate(at: folder("p"), wells: [("A4", planes), ("P24", Self.planes(500))], chunk: (10, 34))
        let store = MemoryStore([String: [UInt8]]())
        for file in folder.files(below: "p") { store[file] = try folder.bytes("p/" + file) }
        return (store, planes)
    }

    static func replace(_ text: String, with other: String, in key: String, of store: MemoryStore) throws {
        let old = String(decoding: try #require(store[key]), as: UTF8.self)
        try #require(old.contains(text), "\(key): \(old)")
        store[key] = Array(old.replacingOccurrences(of: text, with: other).utf8)
    }

    @Test func whatScratchZarrWritesReadsBack() async throws {
        let folder = try ScratchFolder()
        let wells = [("B2", Self.planes(1)), ("B10", Self.planes(100)), ("AA2", Self.planes(200)), ("A1", Self.planes(300))]
        try ScratchZarr.writePlate(at: folder("plate.zarr"), wells: wells.map { (name: $0.0, planes: $0.1) }, chunk: (8, 9))
        let plate = try await OMEZarrPlate(store: FolderStore(folder.path), root: "plate.zarr")
        #expect(plate.rows == ["A", "B", "AA"] && plate.columns == ["1", "2", "10"])
        #expect(plate.wellNames.map(\.description) == ["B2", "B10", "AA2", "A1"])
        for (name, planes) in wells {
            let place = try #require(WellName(name))
            let well = try await plate.well(row: place.row, column: place.column)
            #expect(well.extent == PlaneExtent(frames: 5, channels: 2, slices: 1, height: 21, width: 34))
            let indices = (1...5).flatMap { frame in [2, 1].map { PlaneIndex(frame: frame, channel: $0) } }
            #expect(try await well.planes(indices) == planes.flatMap { [.uint8($0[1]), .uint8($0[0])] })
            #expect(well.channelNames == ["channel 1", "channel 2"])
        }
    }

    /// The plate's metadata are read once; a frame with its neighbours costs three more objects and its chunks.
    @Test func aFrameCostsNoMoreThanItMust() async throws {
        let (store, planes) = try Self.plate()
        let plate = try await OMEZarrPlate(store: store)
        #expect(store.requests == [".zattrs"])
        store.forgetRequests()
        let well = try await plate.well(row: 0, column: 3)
        let read = try await well.planes([2, 3, 4].map { PlaneIndex(frame: $0, channel: 2) })
        #expect(read == [1, 2, 3].map { .uint8(planes[$0][1]) })
        #expect(store.requests.prefix(3) == ["A/4/.zattrs", "A/4/0/.zattrs", "A/4/0/0/.zarray"])
        let chunks = [1, 2, 3].flatMap { t in [0, 1, 2].map { "A/4/0/0/\(t)/1/0/\($0)/0" } }
        #expect(store.requests.dropFirst(3).sorted() == chunks)
    }

    @Test func rowsAndColumnsAreFoundByName() async throws {
        let (store, planes) = try Self.plate()
        // Padded names, other letter case, and a well that says only its path.
        try Self.replace(#"{"name": "4"}"#, with: #"{"name": "04"}"#, in: ".zattrs", of: store)
        try Self.replace(#"{"path": "A/4", "rowIndex": 0, "columnIndex": 0}"#, with: #"{"path": "a/04"}"#, in: ".zattrs", of: store)
        try Self.replace(#"{"name": "A"}"#, with: #"{"name": "a"}"#, in: ".zattrs", of: store)
        for key in store.keys where key.hasPrefix("A/4/") { store["a/04" + key.dropFirst(3)] = store[key] }
        let plate = try await OMEZarrPlate(store: store, of: ["plate P"])
        #expect(try await plate.well(row: 0, column: 3).plane(PlaneIndex(frame: 1)) == .uint8(planes[0][0]))
        #expect(plate.wellNames.map(\.description) == ["A4", "P24"])
        for (row, column, reason) in [(0, 0, "no such column among its 2"), (1, 3, "no such row among its 2"), (15, 3, "not among the 2 wells")] {
            let error = await #expect(throws: IDRError.self) { try await plate.well(row: row, column: column) }
            #expect(error?.code == .missing && error?.reason?.contains(reason) == true, "\(String(describing: error))")
            #expect(error?.subject == ["plate P", "well \(WellName(row: row, column: column))", "memory/.zattrs"])
        }
        await #expect(throws: IDRError.self) { try await plate.well(row: -1, column: 0) }
    }

    @Test func indicesThatContradictThePathAreRefused() async throws {
        for wrong in [#""rowIndex": 1, "columnIndex": 0"#, #""rowIndex": 7, "columnIndex": 0"#, #""rowIndex": -1, "columnIndex": 0"#] {
            let (store, _) = try Self.plate()
            try Self.replace(#""rowIndex": 0, "columnIndex": 0"#, with: wrong, in: ".zattrs", of: store)
            let plate = try await OMEZarrPlate(store: store)
            let error = await #expect(throws: IDRError.self) { try await plate.well(row: 0, column: 3) }
            #expect(error?.problem == "the plate contradicts itself" && error?.reason?.contains("\"A/4\"") == true)
            #expect(error?.subject == ["plate memory", "well A4", "memory/.zattrs"])
        }
    }

    @Test func fieldsAreReadWhenTheyAreAskedFor() async throws {
        let (store, planes) = try Self.plate()
        let images = #"[{"path": "0", "acquisition": 3}, {"path": "x", "acquisition": 4}, {"path": "y"}]"#
        try Self.replace(#"[{"path": "0"}]"#, with: images, in: "A/4/.zattrs", of: store)
        for key in store.keys where key.hasPrefix("P/24/0/") { store["A/4/x/" + key.dropFirst(7)] = store[key] }
        let well = try await OMEZarrPlate(store: store, of: ["plate P"]).well(row: 0, column: 3)
        #expect(well.extent.fields == 3 && well.acquisitions == [3, 4, nil])
        #expect(try await well.plane(PlaneIndex(field: 1, frame: 1)) == .uint8(planes[0][0]))
        #expect(!store.requests.contains { $0.hasPrefix("A/4/x") })
        let both = try await well.planes([PlaneIndex(field: 2, frame: 2), PlaneIndex(field: 1, frame: 2)])
        #expect(both == [.uint8(Self.planes(500)[1][0]), .uint8(planes[1][0])])
        // Once open, a field's metadata are not read again.
        _ = try await well.plane(PlaneIndex(field: 2, frame: 3))
        #expect(store.requests.count { $0 == "A/4/x/.zattrs" } == 1)
        let missing = await #expect(throws: IDRError.self) { try await well.plane(PlaneIndex(field: 3, frame: 1)) }
        #expect(missing?.code == .missing && missing?.subject == ["plate P", "well A4", "memory/A/4/y/.zattrs"])
        let wrong = [(4, 1, 1, 1), (1, 6, 1, 1), (1, 0, 1, 1), (1, 1, 3, 1), (1, 1, 1, 2)]
        for index in wrong.map({ PlaneIndex(field: $0.0, frame: $0.1, channel: $0.2, z: $0.3) }) {
            let error = await #expect(throws: IDRError.self) { try await well.plane(index) }
            #expect(error?.code == .invalidPlan && error?.subject == ["plate P", "well A4"])
        }
    }

    @Test func fieldsMustAgree() async throws {
        let (store, _) = try Self.plate()
        try Self.replace(#"[{"path": "0"}]"#, with: #"[{"path": "0"}, {"path": "1"}]"#, in: "A/4/.zattrs", of: store)
        store["A/4/1/.zattrs"] = store["A/4/0/.zattrs"]
        store["A/4/1/0/.zarray"] = store["A/4/0/0/.zarray"]
        try Self.replace("21, 34]", with: "21, 33]", in: "A/4/1/0/.zarray", of: store)
        let well = try await OMEZarrPlate(store: store).well(row: 0, column: 3)
        let error = await #expect(throws: IDRError.self) { try await well.plane(PlaneIndex(field: 2, frame: 1)) }
        #expect(error?.problem == "field 2 of the well differs from field 1")
        #expect(error?.reason?.contains("21 x 33 uint8, and field 1 has 5 frames, 2 channels and 1 slices of 21 x 34 uint8") == true)
    }

    @Test(arguments: ["/etc/passwd", "..", "../A/4", "A/../../x", "A//4", "A/4/", "", "A\\4", "A/\u{7}", "."])
    func pathsInMetadataStayBelowTheirGroup(path: String) async throws {
        let text = path.unicodeScalars.map { $0 == "\\" ? "\\\\" : $0.value < 32 ? "\\u0007" : String($0) }.joined()
        for (key, old) in [(".zattrs", #""path": "A/4""#), ("A/4/.zattrs", #""path": "0""#), ("A/4/0/.zattrs", #""path": "0""#)] {
            let (store, _) = try Self.plate()
            try Self.replace(old, with: #""path": "\#(text)""#, in: key, of: store)
            let plate = try await OMEZarrPlate(store: store)
            store.forgetRequests()
            let error = await #expect(throws: IDRError.self) { try await plate.well(row: 0, column: 3) }
            #expect(error?.code == .refused && error?.subject == ["plate memory", "well A4", "memory/" + key], "\(String(describing: error))")
            #expect(error?.problem.hasPrefix("the path \"") == true && error?.problem.contains("\u{7}") == false)
            #expect(store.requests.allSatisfy { $0.hasPrefix("A/4/") && !$0.contains("..") })
        }
    }

    /// What fails names the plate, the well and the object.
    @Test(arguments: [
        ("A/4/.zattrs", nil, "the group has no metadata"), ("A/4/.zattrs", "{}", "the group is not a well"),
        ("A/4/.zattrs", "<html>", "the metadata cannot be used"), ("A/4/.zattrs", #"{"well": {"images": []}}"#, "the well has no images"),
        ("A/4/.zattrs", #"{"well": {"images": [{}]}}"#, "the metadata cannot be used"), ("A/4/0/.zattrs", nil, "the group has no metadata"),
        ("A/4/0/.zattrs", #"{"multiscales": []}"#, "the group holds no image"),
        ("A/4/0/.zattrs", #"{"multiscales": [{"datasets": []}]}"#, "level 0 of the image does not exist"),
        ("A/4/0/.zattrs", #"{"multiscales": [{"axes": ["y", "x"], "datasets": [{"path": "0"}]}]}"#, "the axes of the image are [y, x]"),
        ("A/4/0/.zattrs", #"{"multiscales": [{"axes": ["t", "c", "z", "x", "y"], "datasets": [{"path": "0"}]}]}"#, "the axes of the image are"),
        ("A/4/0/.zattrs", #"{"multiscales": [{"axes": ["t", "t", "z", "y", "x"], "datasets": [{"path": "0"}]}]}"#, "the axes of the image are"),
        ("A/4/0/.zattrs", #"{"multiscales": [{"axes": ["w", "c", "z", "y", "x"], "datasets": [{"path": "0"}]}]}"#, "the axes of the image are"),
        ("A/4/0/0/.zarray", nil, "the array has no metadata"), ("A/4/0/0/.zarray", "[]", "the metadata cannot be used"),
        ("A/4/0/0/0/0/0/1/0", "not gzip", "a chunk of the image cannot be decoded"),
    ])
    func failuresNameWhatTheyAreOf(key: String, content: String?, problem: String) async throws {
        let (store, _) = try Self.plate()
        let plate = try await OMEZarrPlate(store: store, of: ["plate LT0001_02"])
        store[key] = content.map { Array($0.utf8) }
        let error = await #expect(throws: IDRError.self) { try await plate.well(row: 0, column: 3).plane(PlaneIndex(frame: 1)) }
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
        #expect(error?.subject == ["plate LT0001_02", "well A4", "memory/" + key])
    }

    @Test func whatIsNoPlateIsSaidToBeSo() async throws {
        let nothing = await #expect(throws: IDRError.self) { try await OMEZarrPlate(store: MemoryStore([String: [UInt8]]()), of: ["plate P"]) }
        #expect(nothing?.code == .missing && nothing?.subject == ["plate P", "memory"] && nothing?.reason == "it has neither .zattrs nor zarr.json")
        for (key, text, reason) in [
            (".zattrs", #"{"multiscales": []}"#, "no \"plate\""), ("zarr.json", #"{"attributes": {"plate": {}}}"#, "no \"ome\""),
            ("zarr.json", #"{"attributes": {"ome": {}}}"#, "no \"plate\""), (".zattrs", "<html>", "a web page"),
            (".zattrs", #"{"plate": {"rows": [], "columns": []}}"#, "plate.wells is missing"),
            (".zattrs", #"{"plate": {"rows": [{"name": true}], "columns": [], "wells": []}}"#, "plate.rows[0].name is not text"),
        ] {
            let error = await #expect(throws: IDRError.self) { try await OMEZarrPlate(store: MemoryStore([key: text])) }
            #expect(error?.subject == ["memory/" + key] && error?.reason?.contains(reason) == true, "\(String(describing: error))")
        }
    }

    /// Axes in any subset and order, as objects or, in older versions, as names.
    @Test(arguments: [
        (#"["y", "x"]"#, [], [1, 1, 1]), (#"["t", "y", "x"]"#, [2], [2, 1, 1]), (#"["c", "z", "y", "x"]"#, [2, 3], [1, 2, 3]),
        (#"[{"name": "z", "type": "space"}, {"name": "t", "type": "time"}, {"name": "y"}, {"name": "x"}]"#, [3, 2], [2, 1, 3]),
        (nil, [2, 1, 2], [2, 1, 2]),
    ])
    func axes(axes: String?, leading: [Int], extent: [Int]) async throws {
        let shape = leading + [2, 3]
        let entry = axes.map { #""axes": \#($0), "# } ?? ""
        let store = MemoryStore([
            "i/.zattrs": #"{"multiscales": [{\#(entry)"datasets": [{"path": "s/full"}]}], "omero": {"channels": [{"label": "DNA"}, {"label": 7}]}}"#,
            "i/s/full/.zarray": ZarrFixture.v2(shape: "\(shape)", chunks: "\(shape)", dtype: "\"<u2\""),
        ])
        let count = shape.reduce(1, *)
        store["i/s/full/" + shape.map { _ in "0" }.joined(separator: ".")] = (0..<count).flatMap { [UInt8($0), 1] }
        let image = try await OMEZarrImage(store: store, path: "i")
        #expect(image.extent == PlaneExtent(frames: extent[0], channels: extent[1], slices: extent[2], height: 2, width: 3))
        #expect(image.channelNames == Array(["DNA", "channel 2"].prefix(extent[1])) && image.pixelType == .uint16)
        // The last plane of the image is the last of the array, whatever the order of the axes.
        let last = try await image.plane(PlaneIndex(frame: extent[0], channel: extent[1], z: extent[2]))
        #expect(last == .uint16(Plane(height: 2, width: 3, pixels: (count - 6..<count).map { UInt16($0 + 256) })))
        await #expect(throws: IDRError.self) { try await image.plane(PlaneIndex(field: 2, frame: 1)) }
        let level = await #expect(throws: IDRError.self) { try await OMEZarrImage(store: store, path: "i", level: 1) }
        #expect(level?.problem == "level 1 of the image does not exist" && level?.reason == "it has 1 level, counted from 0")
        await #expect(throws: IDRError.self) { try await OMEZarrImage(store: store, path: "i", level: -1) }
    }
}
