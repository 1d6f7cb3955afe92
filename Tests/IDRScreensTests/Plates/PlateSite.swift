import Foundation
import IDRFormats
import IDRImaging
import IDRPlan
import IDRTransfer
import TestSupport

import IDRScreens

/// A made-up study of one plate, "P", whose well B2 has two channels, in the layout of a vendor; as a mirror or behind a server that lists folders.
struct PlateSite {
    static let study = "idr0999-made-up"

    /// A way in which the plate lies.
    struct Layout: Sendable, CustomStringConvertible {
        let name: String
        /// As the plates table has it.
        let source: String
        /// Texts beside the images, by path below the folder of all studies; of tables, by path below the study's ("@screens/P.screen").
        let texts: [String: String]
        /// Paths of the two channels' files; the same file twice where they are pages of one.
        let images: [String]
        var channelNames = ["DAPI", "GFP"]

        var description: String { name }
    }

    let scratch: ScratchFolder
    let layout: Layout

    init(_ layout: Layout) throws {
        scratch = try ScratchFolder()
        self.layout = layout
        let tables = "\(Self.study)/screenA/idr0999-screenA"
        try write("\(tables)-plates.tsv", Array("P\t\(layout.source)\n".utf8))
        try write("\(tables)-annotation.csv", Array("Plate,Well,Gene Symbol,Control Type\nP,B2,KIF11,positive control\nP,C3,,\n".utf8))
        for (path, text) in layout.texts {
            try write(path.hasPrefix("@") ? "\(Self.study)/\(path.dropFirst())" : path, Array(text.utf8))
        }
        if layout.images.count == 2, layout.images[0] == layout.images[1] {
            try write(layout.images[0], layout.images[0].hasSuffix(".flex") ? PlateSite.flex : PlateSite.pages)
        } else {
            for (channel, path) in layout.images.enumerated() { try write(path, TIFFWriter.encode(Self.plane(channel + 1))) }
        }
    }

    static func plane(_ channel: Int) -> Plane<UInt8> { Plane(height: 3, width: 4, pixels: (0..<12).map { UInt8(100 * channel + $0) }) }

    private static var pages: [UInt8] { tiff([plane(1), plane(2)], description: nil) }

    /// Pages that say what they are in the tag of Opera's files.
    private static var flex: [UInt8] {
        tiff([plane(1), plane(2)], description: "<Root><Arrays><Array Name=\"DAPI\"/><Array Name=\"GFP\"/></Arrays></Root>", tag: 65200)
    }

    /// A TIFF of one page that says something of itself.
    static func page(_ plane: Plane<UInt8>, description: String) -> [UInt8] { tiff([plane], description: description) }

    /// Little-endian, uncompressed; planes of 12 pixels.
    private static func tiff(_ planes: [Plane<UInt8>], description: String?, tag: Int = 270) -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let text: [UInt8] = description.map { Array($0.utf8) + [UInt8](repeating: 0, count: 6) } ?? []
        let end = 8 + 12 * planes.count + text.count
        let padding = [UInt8](repeating: 0, count: end % 2)
        var bytes: [UInt8] = [0x49, 0x49, 42, 0]
        for part in [number(end + padding.count, 4), planes.flatMap(\.pixels), text, padding] { bytes += part }
        for page in planes.indices {
            var fields: [(Int, Int, Int, Int)] = [(256, 4, 4, 1), (257, 3, 4, 1), (258, 8, 4, 1), (259, 1, 4, 1), (262, 1, 4, 1)]
            fields += [(273, 8 + 12 * page, 4, 1), (277, 1, 4, 1), (278, 3, 4, 1), (279, 12, 4, 1)]
            if !text.isEmpty { fields.append((tag, 8 + 12 * planes.count, 2, text.count)) }
            fields.sort { $0.0 < $1.0 }
            bytes += number(fields.count, 2)
            for (tag, value, type, count) in fields {
                for part in [number(tag, 2), number(type, 2), number(count, 4), number(value, 4)] { bytes += part }
            }
            bytes += number(page + 1 < planes.count ? bytes.count + 4 : 0, 4)
        }
        return bytes
    }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let place = URL(fileURLWithPath: scratch("root/\(path)"))
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: place)
    }

    /// The study's folder as a mirror.
    var mirror: Access {
        var access = Access(mirror: scratch("root")).over(.published)
        access.cache = scratch("cache")
        return access
    }

    /// The list of all studies, of this one.
    static let studies =
        "Study\tContainer\tIntroduced\tInternal ID\tSets\tWells\tExperiments\tTargets\tAcquisitions\t5D Images\tPlanes\t"
        + "Size (TB)\tSize\t# of Files\tavg. size (MB)\tAvg. Image Dim (XYZCT)\n\(study)\tscreenA\t\t1\t1\t1\t\t\t\t1\t1\t0\t0\t1\t1\t4 x 3\n"

    /// The site on loopback: tables as a repository has them, files below `/pub/databases/IDR`, folders as pages of links.
    func server(listsFolders: Bool = true) throws -> LoopbackServer {
        let root = scratch("root")
        return try LoopbackServer { request in
            let path = (request.path.removingPercentEncoding ?? "")
            if path == "/studies.tsv" { return LoopbackServer.file(Array(Self.studies.utf8), request) }
            let places = [("/idr-metadata/", "/"), ("/pub/databases/IDR/", "/")]
            guard let (prefix, _) = places.first(where: { path.hasPrefix($0.0) }) else { return LoopbackServer.answer(404) }
            let place = root + "/" + path.dropFirst(prefix.count)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { return LoopbackServer.answer(404) }
            guard isFolder.boolValue else {
                guard let bytes = FileManager.default.contents(atPath: place) else { return LoopbackServer.answer(404) }
                return LoopbackServer.file([UInt8](bytes), request)
            }
            guard listsFolders, path.hasSuffix("/") else { return LoopbackServer.answer(403) }
            return LoopbackServer.answer(200, ["Content-Type": "text/html"], body: Array(Self.page(place, path).utf8))
        }
    }

    /// As Apache lists a folder.
    private static func page(_ place: String, _ path: String) -> String {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).sorted()
        let rows = names.map { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: "\(place)/\(name)", isDirectory: &isFolder)
            let link = (name.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? name) + (isFolder.boolValue ? "/" : "")
            return "<tr><td><a href=\"\(link)\">\(name)</a></td><td>2020-01-01 10:00</td><td>1K</td></tr>"
        }
        return
            "<html><head><title>Index of \(path)</title></head><body><h1>Index of \(path)</h1><table><tr><th><a href=\"?C=N;O=D\">Name</a></th></tr>"
            + "<tr><td><a href=\"/pub/\">Parent Directory</a></td></tr>\(rows.joined(separator: "\n"))</table></body></html>"
    }

    func served(_ server: LoopbackServer) -> Access {
        var access = FakeIDR.access(base: server.base, cache: scratch("cache"))
        access.sources = [.files]
        return access
    }

    /// Reads the planes of a well.
    func read(
        _ access: Access, _ well: String = "B2", _ indices: [PlaneIndex] = [1, 2].map { PlaneIndex(frame: 1, channel: $0) }
    ) async throws -> ImageReading {
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0999A"))
        let reader = try ImageReader(screen: screen, access: access, network: network)
        return try await reader.read(WellAddress(screen.tables.well(well, on: "P"))) { _, _ in indices }
    }
}

extension PlateSite.Layout {
    private static let files = "\(PlateSite.study)/2020-ftp/P"

    private static func harmony(_ images: [String]) -> String {
        let elements = images.enumerated().map { number, url in
            "<Image><URL>\(url)</URL><Row>2</Row><Col>2</Col><FieldID>1</FieldID><PlaneID>1</PlaneID><TimepointID>0</TimepointID>"
                + "<ChannelID>\(number + 1)</ChannelID><ChannelName>\(number == 0 ? "DAPI" : "GFP")</ChannelName></Image>"
        }
        return "<EvaluationInputData><Plates><Plate><PlateRows>8</PlateRows><PlateColumns>12</PlateColumns></Plate></Plates>"
            + "<Images>\(elements.joined())</Images></EvaluationInputData>"
    }

    private static let columbus =
        "<EvaluationInputData><Images>"
        + (0..<2).map {
            "<Image><URL BufferNo=\"\($0)\">002002.tif</URL><Row>2</Row><Col>2</Col><FieldID>1</FieldID><PlaneID>1</PlaneID>"
                + "<TimepointID>1</TimepointID><ChannelID>\($0 + 1)</ChannelID><ChannelName>\($0 == 0 ? "DAPI" : "GFP")</ChannelName></Image>"
        }.joined() + "</Images></EvaluationInputData>"

    private static let companion =
        "<OME UUID=\"urn:uuid:c\"><Plate ID=\"Plate:0\" Name=\"P\"><Well ID=\"Well:0\" Row=\"1\" Column=\"1\">"
        + "<WellSample ID=\"WellSample:0\" Index=\"0\"><ImageRef ID=\"Image:0\"/></WellSample></Well></Plate><Image ID=\"Image:0\">"
        + "<Pixels DimensionOrder=\"XYZCT\" Type=\"uint8\" SizeX=\"4\" SizeY=\"3\" SizeZ=\"1\" SizeC=\"2\" SizeT=\"1\"><Channel Name=\"DAPI\"/><Channel Name=\"GFP\"/>"
        + (0..<2).map {
            "<TiffData FirstC=\"\($0)\" IFD=\"0\" PlaneCount=\"1\"><UUID FileName=\"c\($0).tif\">urn:uuid:\($0)</UUID></TiffData>"
        }.joined() + "</Pixels></Image></OME>"

    private static func screen(_ path: String) -> String {
        "[Plate]\nName = P\nRows = 8\nColumns = 12\nFields = 1\n\n[Well 13]\nRow = 1\nColumn = 1\nAxisTypes = C\nChannelNames = DAPI,GFP\n"
            + "Field_0 = \(path)\n"
    }

    private static let metaXpress =
        "\"HTSInfoFile\", Version 1.0\n\"XWells\", 12\n\"YWells\", 8\n\"NWavelengths\", 2\n\"WaveName1\", \"DAPI\"\n\"WaveName2\", \"GFP\"\n"

    private static let cellVoyager = [
        "P.wpi": "<bts:WellPlate xmlns:bts=\"b\" bts:Rows=\"8\" bts:Columns=\"12\"/>",
        "MeasurementData.mlf": "<bts:MeasurementData xmlns:bts=\"b\">"
            + (1...2).map {
                "<bts:MeasurementRecord bts:Type=\"IMG\" bts:Row=\"2\" bts:Column=\"2\" bts:FieldIndex=\"1\" bts:ZIndex=\"1\" bts:TimePoint=\"1\" "
                    + "bts:Ch=\"\($0)\">C0\($0).tif</bts:MeasurementRecord>"
            }.joined() + "</bts:MeasurementData>",
        "MeasurementDetail.mrf": "<bts:MeasurementDetail xmlns:bts=\"b\" bts:MeasurementSettingFileName=\"a.mes\"/>",
        "a.mes": "<bts:MeasurementSetting xmlns:bts=\"b\"><bts:ChannelList><bts:Channel bts:Ch=\"1\" bts:Target=\"DAPI\"/>"
            + "<bts:Channel bts:Ch=\"2\" bts:Target=\"GFP\"/></bts:ChannelList></bts:MeasurementSetting>",
    ]

    private static let inCell =
        "<ImageStack><Plate rows=\"8\" columns=\"12\"/><Images>"
        + (0..<2).map {
            "<Image filename=\"B - 2(wv \($0)).tif\"><Well><Row number=\"2\"/><Column number=\"2\"/></Well><Identifier field_index=\"0\" "
                + "time_index=\"0\" z_index=\"0\" wave_index=\"\($0)\"/><EmissionFilter name=\"\($0 == 0 ? "DAPI" : "GFP")\"/></Image>"
        }.joined() + "</Images></ImageStack>"

    private static let scanR =
        "<LVData><I32><Name>rows</Name><Val>8</Val></I32><I32><Name>columns</Name><Val>12</Val></I32><Array><Name>channels</Name>"
        + ["DAPI", "GFP"].map { "<Cluster><String><Name>name</Name><Val>\($0)</Val></String><I32><Name>idle</Name><Val>0</Val></I32></Cluster>" }
        .joined() + "</Array></LVData>"

    static let all = [
        Self(
            name: "Harmony, named", source: "/uod/idr/filesets/\(files)/Index.idx.xml",
            texts: ["\(files)/Index.idx.xml": harmony(["a.tiff", "b.tiff"])],
            images: ["\(files)/a.tiff", "\(files)/b.tiff"]),
        Self(
            name: "Harmony, folder with blanks", source: "/uod/idr/filesets/\(files) Measurement 1",
            texts: ["\(files) Measurement 1/Images/Index.idx.xml": harmony(["a.tiff", "b [1] #2.tiff"])],
            images: ["\(files) Measurement 1/Images/a.tiff", "\(files) Measurement 1/Images/b [1] #2.tiff"]),
        Self(
            name: "Columbus", source: "/uod/idr/filesets/\(files)/MeasurementIndex.ColumbusIDX.xml",
            texts: ["\(files)/MeasurementIndex.ColumbusIDX.xml": "<a/>", "\(files)/ImageIndex.ColumbusIDX.xml": columbus],
            images: ["\(files)/002002.tif", "\(files)/002002.tif"]),
        Self(
            name: "companion.ome", source: "/uod/idr/filesets/\(files)/P.companion.ome", texts: ["\(files)/P.companion.ome": companion],
            images: ["\(files)/c0.tif", "\(files)/c1.tif"]),
        Self(
            name: "screen file", source: "../screens/P.screen",
            texts: ["@screens/P.screen": screen("/uod/idr/filesets/\(files)/B02_w<1aa,2bb>.tif")],
            images: ["\(files)/B02_w1aa.tif", "\(files)/B02_w2bb.tif"]),
        Self(
            name: "screen file in the metadata, relative", source: "/uod/idr/metadata/\(PlateSite.study)/screens/P.screen",
            texts: ["@screens/P.screen": screen("../2020-ftp/P/<x/1,y/2>.tif")], images: ["\(files)/x/1.tif", "\(files)/y/2.tif"]),
        Self(
            name: "pattern file beside the table", source: "patterns/P.pattern",
            texts: ["@screenA/patterns/P.pattern": "/uod/idr/filesets/\(files)/<A-H><01-12>_c<1-2>.tif"],
            images: ["\(files)/B02_c1.tif", "\(files)/B02_c2.tif"], channelNames: ["channel 1", "channel 2"]),
        Self(
            name: "MetaXpress", source: "/uod/idr/filesets/\(files)/TimePoint_1/P.HTD", texts: ["\(files)/TimePoint_1/P.HTD": metaXpress],
            images: ["\(files)/TimePoint_1/P_B02_w1.tif", "\(files)/TimePoint_1/P_B02_w2.tif"]),
        Self(
            name: "CellVoyager", source: "/uod/idr/filesets/\(files)",
            texts: Dictionary(uniqueKeysWithValues: cellVoyager.map { ("\(files)/\($0.key)", $0.value) }),
            images: ["\(files)/C01.tif", "\(files)/C02.tif"]),
        Self(
            name: "InCell", source: "/uod/idr/filesets/\(files)/x.xdce", texts: ["\(files)/x.xdce": inCell],
            images: ["\(files)/B - 2(wv 0).tif", "\(files)/B - 2(wv 1).tif"]),
        Self(
            name: "Scan^R", source: "/uod/idr/filesets/\(files)/experiment_descriptor.xml", texts: ["\(files)/experiment_descriptor.xml": scanR],
            images: ["DAPI", "GFP"].map { "\(files)/data/a--W00014--P00001--Z00000--T00000--\($0).tif" }),
        Self(
            name: "Opera Flex", source: "/uod/idr/filesets/\(files)", texts: [:],
            images: ["\(files)/Meas_01(2012-07-31_10-00-00)/002002000.flex", "\(files)/Meas_01(2012-07-31_10-00-00)/002002000.flex"]),
        Self(
            name: "bare folder", source: "/uod/idr/filesets/\(files)", texts: [:],
            images: ["\(files)/x_B02_s1_w1.tif", "\(files)/x_B02_s1_w2.tif"], channelNames: ["channel 1", "channel 2"]),
    ]
}
