import Foundation
import IDRPlan
import TestSupport
import Testing

import IDRFormats
import IDRScreens

/// Plates in vendors' layouts, from the screen's name to their planes.
@Suite struct PlateIndexTests {
    private static let planes: [PixelPlane] = [1, 2].map { .uint8(PlateSite.plane($0)) }

    @Test(arguments: PlateSite.Layout.all)
    func aMirrorIsRead(layout: PlateSite.Layout) async throws {
        let site = try PlateSite(layout)
        let reading = try await site.read(site.mirror)
        #expect(reading.planes == Self.planes && reading.channelNames == layout.channelNames)
        #expect(reading.source == .mirror && reading.extent == PlaneExtent(frames: 1, channels: 2, slices: 1, height: 3, width: 4))
        // What says where the planes are is in the record.
        let indices = layout.texts.keys.map { $0.replacing("@", with: "") }.sorted()
        #expect(reading.files.map(\.name).sorted() == indices, "\(reading.files)")
    }

    @Test(arguments: PlateSite.Layout.all)
    func aServerIsReadAndKept(layout: PlateSite.Layout) async throws {
        let site = try PlateSite(layout)
        let server = try site.server()
        let access = site.served(server)
        let reading = try await site.read(access)
        #expect(reading.planes == Self.planes && reading.channelNames == layout.channelNames && reading.source == .files)
        let names = Set(reading.files.map(\.name))
        #expect(names.isSuperset(of: layout.images) && names.isSuperset(of: layout.texts.keys.map { $0.replacing("@", with: "") }))
        let asked = server.requests.count
        #expect(try await site.read(access).isFromCache)
        var offline = access
        offline.freshness = .offline
        #expect(try await site.read(offline).planes == Self.planes)
        #expect(server.requests.count == asked)
    }

    @Test(arguments: PlateSite.Layout.all)
    func aWellThatTheIndexLacksIsAbsent(layout: PlateSite.Layout) async throws {
        // A pattern names every well of the plate.
        guard layout.name != "pattern file beside the table" else { return }
        let site = try PlateSite(layout)
        let error = await #expect(throws: IDRError.self) { try await site.read(site.mirror, "C3") }
        #expect(error?.code == .missing && error?.problem.contains("C3") == true, "\(error as Any)")
    }

    private func layout(_ source: String, texts: [String: String] = [:], images: [String] = []) -> PlateSite.Layout {
        PlateSite.Layout(name: "x", source: source, texts: texts, images: images)
    }

    @Test func whatIsNotReadIsRefusedByName() async throws {
        let folder = "\(PlateSite.study)/raw/P"
        let screen = "[Plate]\nRows=8\nColumns=12\nFields=1\n[Well 13]\nRow=1\nColumn=1\nField_0=/uod/idr/filesets/\(folder)/P1-A1.zvi\n"
        let cases = [
            (layout("../screens/P.screen", texts: ["@screens/P.screen": screen]), "Zeiss ZVI (.zvi)"),
            (layout("/uod/idr/filesets/\(folder)", texts: ["\(folder)/a.czi": "x", "\(folder)/b.czi": "x"]), "Zeiss CZI (.czi)"),
            (layout("/uod/idr/filesets/\(folder)/all.lif", texts: ["\(folder)/all.lif": "x"]), "Leica LIF (.lif)"),
        ]
        for (layout, name) in cases {
            let site = try PlateSite(layout)
            let server = try site.server()
            for access in [site.mirror, site.served(server)] {
                let error = await #expect(throws: IDRError.self) { try await site.read(access) }
                #expect(error?.code == .invalidInput && error?.problem.contains(name) == true, "\(error as Any)")
                #expect(error?.advice?.contains("pub/databases/IDR/\(folder)") == true, "\(error as Any)")
            }
        }
    }

    @Test(arguments: [
        "../../etc/passwd", "/etc/passwd", "/uod/idr/filesets/other/x.HTD", "/uod/idr/filesets/idr0999-made-up/../../x.HTD", "..",
    ])
    func placesOutsideTheStudyAreRefused(source: String) async throws {
        let site = try PlateSite(layout(source))
        let server = try site.server()
        for access in [site.mirror, site.served(server)] {
            let error = await #expect(throws: IDRError.self) { try await site.read(access) }
            #expect([.invalidInput, .refused].contains(error?.code), "\(error as Any)")
        }
    }

    @Test func imagesOutsideTheStudyAreRefused() async throws {
        let screen = "[Plate]\nRows=8\nColumns=12\nFields=1\n[Well 13]\nRow=1\nColumn=1\nField_0=../../../../etc/a.tif\n"
        let site = try PlateSite(layout("../screens/P.screen", texts: ["@screens/P.screen": screen]))
        let error = await #expect(throws: IDRError.self) { try await site.read(site.mirror) }
        #expect(error?.code == .refused, "\(error as Any)")
    }

    @Test func severalIndicesInOneFolderAreNamed() async throws {
        let folder = "\(PlateSite.study)/raw/P"
        let site = try PlateSite(layout("/uod/idr/filesets/\(folder)", texts: ["\(folder)/a.companion.ome": "x", "\(folder)/b.companion.ome": "x"]))
        let error = await #expect(throws: IDRError.self) { try await site.read(site.mirror) }
        #expect(error?.problem.contains("2 indices") == true && error?.reason?.contains("a.companion.ome") == true, "\(error as Any)")
    }

    @Test func aServerThatListsNothingIsNoEmptyFolder() async throws {
        let site = try PlateSite(try #require(PlateSite.Layout.all.last))
        let server = try site.server(listsFolders: false)
        let error = await #expect(throws: IDRError.self) { try await site.read(site.served(server)) }
        #expect(error?.code == .refused, "\(error as Any)")
    }

    /// A folder that holds itself, as a link makes it, is not followed for ever.
    @Test func foldersThatHoldThemselvesEnd() async throws {
        let folder = "\(PlateSite.study)/raw/P"
        let site = try PlateSite(layout("/uod/idr/filesets/\(folder)", texts: ["\(folder)/data/x.txt": "x"]))
        let inner = site.scratch("root/\(folder)/data/data")
        try FileManager.default.createSymbolicLink(atPath: inner, withDestinationPath: site.scratch("root/\(folder)/data"))
        let error = await #expect(throws: IDRError.self) { try await site.read(site.mirror) }
        #expect(error?.problem.contains("no index") == true, "\(error as Any)")
    }

    /// Some studies had another name when their files were put there.
    @Test func filesUnderAnOlderNameOfTheStudyAreFound() async throws {
        let screen =
            "[Plate]\nRows=8\nColumns=12\nFields=1\n[Well 13]\nRow=1\nColumn=1\nField_0=/uod/idr/filesets/idr0999-Old-Name/raw/x_c<1-2>.tif\n"
        let images = [1, 2].map { "\(PlateSite.study)/raw/x_c\($0).tif" }
        let site = try PlateSite(layout("../screens/P.screen", texts: ["@screens/P.screen": screen], images: images))
        let server = try site.server()
        for access in [site.mirror, site.served(server)] { #expect(try await site.read(access).planes == Self.planes) }
    }

    /// As where files of one plane are OME-TIFFs that describe the whole image, with the files beside them.
    @Test func ofFilesOfOnePlaneTheIndexCounts() async throws {
        let folder = "\(PlateSite.study)/raw"
        let screen = "[Plate]\nRows=8\nColumns=12\nFields=1\n[Well 13]\nRow=1\nColumn=1\nField_0=/uod/idr/filesets/\(folder)/x--C<00-01>.ome.tif\n"
        let site = try PlateSite(layout("../screens/P.screen", texts: ["@screens/P.screen": screen]))
        let xml =
            "<OME><Image ID=\"Image:0\"><Pixels DimensionOrder=\"XYZCT\" Type=\"uint8\" SizeX=\"4\" SizeY=\"3\" SizeZ=\"1\" SizeC=\"2\" SizeT=\"1\">"
            + "<TiffData FirstC=\"0\"><UUID FileName=\"other.ome.tif\">urn:uuid:1</UUID></TiffData></Pixels></Image></OME>"
        for channel in 1...2 { try site.write("\(folder)/x--C0\(channel - 1).ome.tif", PlateSite.page(PlateSite.plane(channel), description: xml)) }
        #expect(try await site.read(site.mirror).planes == Self.planes)
    }
}
