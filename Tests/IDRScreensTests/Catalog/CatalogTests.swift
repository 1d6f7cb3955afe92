import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// Screens by name, from the IDR's tables and services.
@Suite struct CatalogTests {
    static let studies = """
        Study\tContainer\tIntroduced\tInternal ID\tSets\tWells\tExperiments\tTargets\tAcquisitions\t5D Images\tPlanes\tSize (TB)\tSize\t# of Files\tavg. size (MB)\tAvg. Image Dim (XYZCT)\tSample Type
        idr0013-neumann-mitocheck\tscreenA\tdemo\t1101\t2\t768\t\t\t\t500\t\t\t1000\t\t\t1344 x 1024 x 1 x 1 x 93\tcell
        idr0099-x\texperimentA\tdemo\t5\t\t\t\t\t\t\t\t\t\t\t\t\tcell
        idr0035-caie-drugresponse\tscreenA\tdemo\t2001\t55\t3300\t\t\t\t\t\t\t\t\t\t\tcell

        """
    static let annotation =
        "Plate,Well,Well Number,Control Type,Channels\nP,A2,2,negative control,DAPI:DNA;Tubulin\nP,A3,3,positive control,DAPI:DNA;Tubulin\n"
    private static let plates = "P\t../screens/P--1.screen\n"
    static let folder = "/idr-metadata/idr0035-caie-drugresponse/screenA/idr0035-screenA"

    private func catalog(_ idr: FakeIDR, _ scratch: ScratchFolder, _ change: (inout Access) -> Void = { _ in }) throws -> Catalog {
        var access = idr.access(cache: scratch("cache"))
        change(&access)
        return Catalog(access: access, network: try Network(access: access, client: RemoteClient.impatient()))
    }

    @Test func tablesComeByTheStudysNameAndAreKept() async throws {
        let idr = try FakeIDR([
            "/studies.tsv": Self.studies, Self.folder + "-annotation.csv": Self.annotation, Self.folder + "-plates.tsv": Self.plates,
        ])
        let scratch = try ScratchFolder()
        let name = try ScreenName("idr0035A")
        let screen = try await catalog(idr, scratch).screen(name)
        #expect(screen.study == "idr0035-caie-drugresponse" && screen.notes == [])
        #expect(try screen.tables.controls().map(\.name) == ["A2", "A3"] && screen.tables.channels(row: 0) == ["DAPI:DNA", "Tubulin"])
        #expect(screen.files.map(\.file.role) == ["annotation", "plates"])
        #expect(
            try screen.files[0].file.sha256 == SHA256.digest(of: Self.annotation)
                && screen.files[0].address == idr.server.base + Self.folder + "-annotation.csv")
        let asked = idr.server.requests.count
        // Again, offline, from the cache alone: the same files with the same dates.
        let again = try await catalog(idr, scratch) { $0.freshness = .offline }.screen(name)
        #expect(idr.server.requests.count == asked && again.files == screen.files)
        // Asked again on request.
        _ = try await catalog(idr, scratch) { $0.freshness = .refresh }.screen(name)
        #expect(idr.server.requests.count > asked)
    }

    @Test func offlineSaysWhatIsMissing() async throws {
        let idr = try FakeIDR([String: String]())
        let scratch = try ScratchFolder()
        let name = try ScreenName("idr0013A")
        let error = await #expect(throws: IDRError.self) { try await catalog(idr, scratch) { $0.freshness = .offline }.screen(name) }
        #expect(
            error?.problem == "this is not in the cache" && error?.subject.contains { $0.hasSuffix("-annotation.csv.gz") } == true,
            "\(String(describing: error))")
        #expect(idr.server.requests.isEmpty)
    }

    @Test func packedTables() async throws {
        let scratch = try ScratchFolder()
        let packed = try Gzip.compress(Array(Self.annotation.utf8), name: "a.csv")
        for (ending, bytes) in [("-annotation.csv.gz", packed), ("-annotation.zip", Self.zip("folder/a.csv", Self.annotation))] {
            let idr = try FakeIDR([
                "/studies.tsv": Array(Self.studies.utf8), Self.folder + ending: bytes, Self.folder + "-plates.tsv": Array(Self.plates.utf8),
            ])
            let screen = try await catalog(idr, scratch) { $0.cache = scratch("cache\(ending)") }.screen(ScreenName("idr0035A"))
            #expect(screen.tables.annotation.count == 2 && screen.files[0].file.name.hasSuffix(ending))
        }
    }

    /// A ZIP archive of one stored file.
    private static func zip(_ name: String, _ text: String) -> [UInt8] {
        func le(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        let size = text.utf8.count
        let common = le(20, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(Int(~crc), 4) + le(size, 4) + le(size, 4) + le(name.utf8.count, 2) + le(0, 2)
        let local = [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + Array(text.utf8)
        let entry = [0x50, 0x4B, 1, 2] + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(0, 4) + Array(name.utf8)
        return local + entry + [0x50, 0x4B, 5, 6] + le(0, 4) + le(1, 2) + le(1, 2) + le(entry.count, 4) + le(local.count, 4) + le(0, 2)
    }

    @Test func aBombIsRefused() async throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0x61, count: (1 << 29) + 1000), name: "a.csv")
        #expect(bomb.count < 3_000_000)
        let idr = try FakeIDR([
            "/studies.tsv": Array(Self.studies.utf8), Self.folder + "-annotation.csv": bomb, Self.folder + "-plates.tsv": Array(Self.plates.utf8),
        ])
        let scratch = try ScratchFolder()
        let error = await #expect(throws: IDRError.self) { try await catalog(idr, scratch) { $0.catalog = [.tables] }.screen(ScreenName("idr0035A")) }
        #expect(error?.code == .refused, "\(String(describing: error))")
    }

    @Test func aPageInsteadOfATable() async throws {
        let idr = try FakeIDR([
            "/studies.tsv": Self.studies, Self.folder + "-annotation.csv": "<!DOCTYPE html>", Self.folder + "-plates.tsv": Self.plates,
        ])
        let scratch = try ScratchFolder()
        let error = await #expect(throws: IDRError.self) { try await catalog(idr, scratch) { $0.catalog = [.tables] }.screen(ScreenName("idr0035A")) }
        #expect(error?.problem == "this is a page, not a table")
    }

    @Test func screensAreListedByTheTableOrTheService() async throws {
        let scratch = try ScratchFolder()
        let idr = try FakeIDR(["/studies.tsv": Self.studies])
        let listed = try await catalog(idr, scratch).screens()
        #expect(listed.map(\.name.description) == ["idr0013A", "idr0035A"] && listed[0].wells == 768 && listed[1].id == 2001)
        // Two pages of the service.
        let first = Self.page([(3, "idr0001-graml-sysgro/screenA"), (4, "some experiment")], total: 3)
        let second = Self.page([(1101, "idr0013-neumann-mitocheck/screenA")], total: 3)
        let service = try FakeIDR([
            "/api/v0/m/screens/?limit=500&offset=0": first, "/api/v0/m/screens/?limit=500&offset=2": second,
        ])
        let served = try await catalog(service, scratch) { $0.cache = scratch("other") }.screens()
        #expect(served.map(\.name.description) == ["idr0001A", "idr0013A"] && served[1].id == 1101 && served[1].study == "idr0013-neumann-mitocheck")
    }

    static func page(_ entries: [(Int, String)], total: Int) -> String {
        let data = entries.map { "{\"@id\": \($0.0), \"Name\": \"\($0.1)\"}" }.joined(separator: ",")
        return "{\"data\": [\(data)], \"meta\": {\"totalCount\": \(total), \"limit\": 500, \"offset\": 0, \"maxLimit\": 1000}}"
    }

    @Test func aListThatNeverEndsIsAnError() async throws {
        let scratch = try ScratchFolder()
        let service = try FakeIDR(["/api/v0/m/screens/?limit=500&offset=0": "{\"data\": [], \"meta\": {\"totalCount\": 9}}"])
        let error = await #expect(throws: IDRError.self) { try await catalog(service, scratch).screens() }
        #expect(error?.problem == "the service's list is not complete")
    }

    @Test func withoutTablesTheSearchEngineAndThenTheServicesAreAsked() async throws {
        let scratch = try ScratchFolder()
        let search =
            "/searchengine/api/v1/resources/container_bff_data/?container_name=idr0035-caie-drugresponse%2FscreenA&container_type=screen&file_type=csv"
        let csv = "Image name,Plate name,Well name,Control Type\na,P,A2,negative control\nb,P,A2,negative control\nc,P,B1,\n"
        let searching = try FakeIDR(["/studies.tsv": Self.studies, search: csv])
        let found = try await catalog(searching, scratch).screen(ScreenName("idr0035A"))
        #expect(try found.tables.controls().map(\.name) == ["A2"] && found.tables.annotation.count == 2)
        #expect(found.notes.count == 2 && found.notes[1].contains("search"), "\(found.notes)")

        let table = { (well: String, control: String) in
            "{\"data\": {\"columns\": [\"Plate\", \"Well\", \"Control Type\", \"Dose\"], \"rows\": [[7, \"\(well)\", \"\(control)\", 0.5]]}}"
        }
        let services = try FakeIDR([
            "/studies.tsv": Self.studies, "/api/v0/m/screens/2001/plates/?limit=500&offset=0": Self.page([(7, "P")], total: 1),
            "/api/v0/m/plates/7/wells/?limit=500&offset=0":
                "{\"data\": [{\"@id\": 70, \"Row\": 0, \"Column\": 1}, {\"@id\": 71, \"Row\": 1, \"Column\": 0}]}",
            "/webgateway/table/Screen.plateLinks.child.wells/70/query/?query=Well-70": table("a2", "negative control"),
            "/webgateway/table/Screen.plateLinks.child.wells/71/query/?query=Well-71": table("b1", ""),
        ])
        let asked = try await catalog(services, scratch) { $0.cache = scratch("services") }.screen(ScreenName("idr0035A"))
        #expect(try asked.tables.controls().map(\.name) == ["A2"] && asked.tables.annotation.row(0) == ["P", "A2", "negative control", "0.5"])
        #expect(asked.notes.count == 3)
    }

    @Test func whatFailedEverywhereIsNamed() async throws {
        let scratch = try ScratchFolder()
        let idr = try FakeIDR(["/studies.tsv": Self.studies])
        let error = await #expect(throws: IDRError.self) { try await catalog(idr, scratch).screen(ScreenName("idr0035A")) }
        #expect(
            error?.problem == "the annotation table of idr0035A was not found" && error?.reason?.contains("also tried: search") == true,
            "\(String(describing: error))")
        let unknown = await #expect(throws: IDRError.self) { try await catalog(idr, scratch).screen(ScreenName("idr0036A")) }
        #expect(unknown?.problem == "the IDR lists no screen idr0036A" && unknown?.advice?.contains("idr0035A") == true)
    }

    @Test(arguments: ["<html>moved</html>", "{\"data\": 3}", "", "{\"data\": ["])
    func answersThatAreNotWhatTheyMustBe(body: String) async throws {
        let scratch = try ScratchFolder()
        let idr = try FakeIDR(["/api/v0/m/screens/?limit=500&offset=0": body])
        for _ in 0..<2 {
            // The wrong answer is not kept: the second time the server is asked again.
            let error = await #expect(throws: IDRError.self) { try await catalog(idr, scratch) { $0.studies = [] }.screens() }
            #expect(error?.code == .invalidInput && error?.subject.first?.hasPrefix(idr.server.base) == true, "\(String(describing: error))")
        }
        #expect(idr.server.requests.count == 2)
    }

    /// The published selection falls out of a table of the study's size, packed, from a server and then from the cache.
    @Test func thePublishedSelectionOfMitoCheck() async throws {
        let columns = try ScreenMirror(root: ScreenMirrorTests.exampleFiles.path).screen(ScreenName("idr0013A")).tables.annotation.columns
        let made = StudyTables.MitoCheck(columns: columns)
        #expect(made.controls.count == 6743 && columns.count == 143)
        let stem = "/idr-metadata/idr0013-neumann-mitocheck/screenA/idr0013-screenA"
        let idr = try FakeIDR([stem + "-annotation.csv.gz": Gzip.compress(made.csv, name: "a.csv"), stem + "-plates.tsv": made.plates])
        let scratch = try ScratchFolder()
        for _ in 0..<2 {
            let tables = try await catalog(idr, scratch).screen(ScreenName("idr0013A")).tables
            let controls = try tables.controls()
            #expect(tables.annotation.count == 196_608 && controls.map { "\($0.plate)/\($0.name)" } == made.controls)
            #expect(controls.count { $0.control == .negative } == 3853 && controls.count { $0.control == .positive } == 2890)
            #expect(controls.allSatisfy { $0.target == ($0.control == .negative ? "negative control" : "") })
        }
    }

    /// Sizes, annotations, and the services' description of an image where no source has its pixels.
    @Test func aScreenIsSummarised() async throws {
        let scratch = try ScratchFolder()
        let idr = try FakeIDR([
            "/studies.tsv": Self.studies, Self.folder + "-annotation.csv": Self.annotation, Self.folder + "-plates.tsv": Self.plates,
            "/api/v0/m/screens/?limit=500&offset=0": Self.page([(2001, "idr0035-caie-drugresponse/screenA")], total: 1),
            "/api/v0/m/screens/2001/plates/?limit=500&offset=0": Self.page([(7, "P")], total: 1),
            "/api/v0/m/plates/7/wells/?limit=500&offset=0":
                "{\"data\": [{\"@id\": 70, \"Row\": 0, \"Column\": 1, \"WellSamples\": [{\"Image\": {\"@id\": 9, \"Name\": \"i\"}}]}]}",
            "/webclient/imgData/9/":
                "{\"size\": {\"width\": 1280, \"height\": 1024, \"z\": 1, \"t\": 1, \"c\": 3}, \"channels\": [{\"label\": \"DAPI\"}, {}, {}]}",
            "/webgateway/original_file_paths/9/": "{\"client\": [\"x/idr0035-caie-drugresponse/P/w1.tif\"]}",
            "/webclient/api/annotations/?type=map&screen=2001": "{\"annotations\": [{\"ns\": \"n\", \"values\": [[\"License\", \"CC BY 4.0\"]]}]}",
        ])
        var access = idr.access(cache: scratch("cache"))
        access.sources = [.omeZarr]
        let network = try Network(access: access, client: RemoteClient.impatient())
        let summary = try await ScreenSummary(of: ScreenName("idr0035A"), access: access, network: network)
        #expect(summary.wells == 2 && summary.controls == 2 && summary.annotations == [["License", "CC BY 4.0"]])
        #expect(summary.imagesFailure?.problem == "plate P is not there as OME-Zarr" && summary.images?.source == nil)
        #expect(summary.images?.extent == PlaneExtent(frames: 1, channels: 3, slices: 1, height: 1024, width: 1280))
        #expect(summary.images?.channelNames == ["DAPI", "channel 2", "channel 3"])
    }

    /// TIFF files by the names that the services have of a well's image.
    @Test func tiffFilesOfAWellComeFromAServer() async throws {
        let scratch = try ScratchFolder()
        var objects: [String: [UInt8]] = [
            "/studies.tsv": Array(Self.studies.utf8), Self.folder + "-annotation.csv": Array(Self.annotation.utf8),
            Self.folder + "-plates.tsv": Array("P\t/uod/idr/filesets/idr0035-caie-drugresponse/2016-original/P\n".utf8),
            "/api/v0/m/screens/?limit=500&offset=0": Array(Self.page([(2001, "idr0035-caie-drugresponse/screenA")], total: 1).utf8),
            "/api/v0/m/screens/2001/plates/?limit=500&offset=0": Array(Self.page([(7, "P")], total: 1).utf8),
            "/api/v0/m/plates/7/wells/?limit=500&offset=0": Array(
                "{\"data\": [{\"@id\": 70, \"Row\": 0, \"Column\": 1, \"WellSamples\": [{\"Image\": {\"@id\": 9, \"Name\": \"i\"}}]}]}".utf8),
        ]
        var names: [String] = []
        var expected: [PixelPlane] = []
        for field in 1...2 {
            for channel in 1...2 {
                let plane = Plane(height: 3, width: 4, pixels: (0..<12).map { UInt16(1000 * field + 100 * channel + $0) })
                let path = scratch("plane.tif")
                try TIFFWriter.write(plane, to: path)
                let name = "idr0035-caie-drugresponse/2016-original/P/Images/r01c02f0\(field)p01-ch\(channel)sk1fk1fl1.tiff"
                objects["/pub/databases/IDR/" + name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
                names.append("\"demo/\(name)\"")
                expected.append(.uint16(plane))
            }
        }
        objects["/webgateway/original_file_paths/9/"] = Array("{\"client\": [\(names.joined(separator: ", "))]}".utf8)
        let idr = try FakeIDR(objects)
        var access = idr.access(cache: scratch("cache"))
        access.sources = [.files]
        access.screens = ["idr0035A": ScreenConventions(tiffPattern: "Images/r{row:2}c{column:2}f{field:2}p{z:2}-ch{channel}sk{frame}fk1fl1.tiff")]
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0035A"))
        let reading = try await ImageReader(screen: screen, access: access, network: network).read(WellAddress(screen.tables.well("A2", on: "P"))) {
            extent, names in
            #expect(extent == PlaneExtent(fields: 2, frames: 1, channels: 2, slices: 1, height: 3, width: 4) && names.count == 2)
            return (1...2).flatMap { field in (1...2).map { PlaneIndex(field: field, frame: 1, channel: $0) } }
        }
        #expect(reading.planes == expected && reading.source == .files && reading.files.count == 4)
    }
}
