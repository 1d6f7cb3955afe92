import Foundation
import IDRPlan
import TestSupport
import Testing

import IDRFormats
import IDRScreens

/// Lists of OME-Zarr plates, and the ways in which plates lie.
@Suite struct ZarrListTests {
    private static let samples = """
        OME-NGFF version,File Path,SizeX,SizeY,SizeZ,SizeC,SizeT,Axes,Wells,Fields,Keywords,License,Study,DOI,Date added,Representative Image ID,Thumbnail
        0.1,https://host/idr/zarr/v0.1/plates/77.zarr,4,3,1,2,1,XYC,1,1,,CC0,idr0999,,2020-12-01,1,
        0.4,https://host/idr/zarr/v0.4/idr0999A/77.zarr,4,3,1,2,1,XYC,1,1,"labels (a, b)",CC0,idr0999,,2022-05-10,1,
        0.4,https://host/idr/zarr/v0.4/idr0999A/5025551.zarr,4,3,1,2,1,XYC,,,,CC0,idr0999,,2022-05-10,1,
        0.4,https://host/idr/zarr/v0.4/idr0999A/P.ome.zarr,4,3,1,2,1,XYC,1,1,,CC0,idr0999,,2022-05-10,1,
        0.5,https://host/idr/zarr/v0.5/idr0999/P.ome.zarr,4,3,1,2,1,XYC,1,1,,CC0,idr0999,,2024-05-10,1,
        0.5,https://host/idr/zarr/v0.5/idr0001/Q.zarr,4,3,1,2,1,XYC,1,1,,CC0,idr0001,,2024-05-10,1,

        """

    @Test func samplesOfTheStudyAreKnownTheNewestFirst() {
        let table = ZarrPlatesTable(Array(Self.samples.utf8), of: "idr0999")
        #expect(table.places(of: "P") == [.fromRoot("idr/zarr/v0.5/idr0999/P.ome.zarr"), .fromRoot("idr/zarr/v0.4/idr0999A/P.ome.zarr")])
        #expect(table.places(of: "77") == [.fromRoot("idr/zarr/v0.4/idr0999A/77.zarr")] && table.hasNumbers)
        #expect(table.count == 2 && table.places(of: "Q").isEmpty && table.places(of: "5025551").isEmpty)
    }

    @Test func aStudysOwnListIsKnown() {
        let text = "idr0013/LT0113_01.ome.zarr,S-BIAD865/011c,18761\nidr0125/SQ 1.ome.zarr,S-BIAD1/SQ 1.ome.zarr,1\n\nodd line\n"
        let table = ZarrPlatesTable(Array(text.utf8), of: "idr0013")
        #expect(table.places(of: "LT0113_01") == [.belowBase("S-BIAD865/011c/011c.zarr")])
        #expect(table.places(of: "SQ 1") == [.belowBase("S-BIAD1/SQ 1.ome.zarr")] && !table.hasNumbers)
    }

    @Test(arguments: [
        "OME-NGFF version,File Path\n0.4,x\n", "OME-NGFF version,File Path,Wells,Study\n0.5,a.zarr,1,idr0999\n0.5,,1,idr0999\n", "", "\u{0}",
    ])
    func oddListsNameNothing(text: String) {
        #expect(ZarrPlatesTable(Array(text.utf8), of: "idr0999").count == 0)
    }

    /// A study whose plate P, of one well, lies at `path` on the server.
    private func read(_ path: String, lists: [String: String], _ change: (PlateSite) throws -> Void = { _ in }) async throws -> ImageReading {
        let layout = PlateSite.Layout(name: "zarr", source: "/ngff/idr0999/P.ome.zarr", texts: [:], images: [])
        let site = try PlateSite(layout)
        let plate = site.scratch("zarr/\(path)")
        try ScratchZarr.writePlate(at: plate, wells: [("B2", [[PlateSite.plane(1), PlateSite.plane(2)]])], chunk: (3, 4))
        try change(site)
        let (tables, zarr) = (site.scratch("root"), site.scratch("zarr"))
        let server = try LoopbackServer { request in
            let path = request.path.removingPercentEncoding ?? ""
            if path == "/studies.tsv" { return LoopbackServer.file(Array(PlateSite.studies.utf8), request) }
            if let list = lists[path] { return LoopbackServer.file(Array(list.utf8), request) }
            let file = path.hasPrefix("/idr-metadata/") ? "\(tables)/\(path.dropFirst("/idr-metadata/".count))" : "\(zarr)\(path)"
            guard let bytes = FileManager.default.contents(atPath: file) else { return LoopbackServer.answer(404) }
            return LoopbackServer.file([UInt8](bytes), request)
        }
        var access = site.served(server)
        access.sources = [.omeZarr]
        access.zarrPlates = ["\(server.base)/own.csv", "\(server.base)/samples.csv"]
        return try await site.read(access)
    }

    private static let planes: [PixelPlane] = [1, 2].map { .uint8(PlateSite.plane($0)) }

    @Test func theStudysListComesFirst() async throws {
        let reading = try await read(
            "bioimaging-integrator-data/S-BIAD1/u/u.zarr", lists: ["/own.csv": "idr0999/P.ome.zarr,S-BIAD1/u,1\n", "/samples.csv": Self.samples])
        #expect(reading.planes == Self.planes)
    }

    @Test func samplesAreReadFromTheConfiguredServer() async throws {
        let reading = try await read("idr/zarr/v0.4/idr0999A/P.ome.zarr", lists: ["/samples.csv": Self.samples])
        #expect(reading.planes == Self.planes && reading.location.contains("/idr/zarr/v0.4/idr0999A/P.ome.zarr/B/2"))
    }

    @Test func samplesMayBeCalledByTheServicesNumber() async throws {
        let lists = [
            "/samples.csv": Self.samples.replacing("P.ome.zarr", with: "other.zarr"),
            "/api/v0/m/screens/?limit=500&offset=0":
                "{\"data\": [{\"@id\": 3, \"Name\": \"idr0999-made-up/screenA\"}], \"meta\": {\"totalCount\": 1}}",
            "/api/v0/m/screens/3/plates/?limit=500&offset=0": "{\"data\": [{\"@id\": 77, \"Name\": \"P\"}], \"meta\": {\"totalCount\": 1}}",
        ]
        #expect(try await read("idr/zarr/v0.4/idr0999A/77.zarr", lists: lists).planes == Self.planes)
    }

    @Test func aPlateMayBePackedTwice() async throws {
        let path = "bioimaging-integrator-data/S-BIAD1/P.ome.zarr/P.ome.zarr"
        #expect(try await read(path, lists: ["/own.csv": "idr0999/P.ome.zarr,S-BIAD1/P.ome.zarr,1\n"]).planes == Self.planes)
    }

    /// bioformats2raw may lay images beside each other; its OME-XML says of which wells they are.
    @Test func imagesBesideEachOtherAreWells() async throws {
        let path = "bioimaging-integrator-data/S-BIAD1/u/u.zarr"
        let xml =
            "<OME><Plate ID=\"Plate:0\"><Well ID=\"Well:0\" Row=\"1\" Column=\"1\"><WellSample ID=\"W:0\" Index=\"0\"><ImageRef ID=\"Image:1\"/>"
            + "</WellSample></Well></Plate>" + ["0", "1"].map { "<Image ID=\"Image:\($0)\"/>" }.joined() + "</OME>"
        let reading = try await read(path, lists: ["/own.csv": "idr0999/P.ome.zarr,S-BIAD1/u,1\n"]) { site in
            let plate = site.scratch("zarr/\(path)")
            try FileManager.default.moveItem(atPath: "\(plate)/B/2/0", toPath: "\(plate)/1")
            try FileManager.default.createDirectory(atPath: "\(plate)/OME", withIntermediateDirectories: true)
            try Data("{\"bioformats2raw.layout\": 3}".utf8).write(to: URL(fileURLWithPath: "\(plate)/.zattrs"))
            try Data(xml.utf8).write(to: URL(fileURLWithPath: "\(plate)/OME/METADATA.ome.xml"))
        }
        #expect(reading.planes == Self.planes)
    }

    @Test func imagesBesideEachOtherWithoutWellsAreNamed() async throws {
        let path = "bioimaging-integrator-data/S-BIAD1/u/u.zarr"
        let error = await #expect(throws: IDRError.self) {
            try await read(path, lists: ["/own.csv": "idr0999/P.ome.zarr,S-BIAD1/u,1\n"]) { site in
                try Data("{\"bioformats2raw.layout\": 3}".utf8).write(to: URL(fileURLWithPath: site.scratch("zarr/\(path)/.zattrs")))
            }
        }
        #expect(error?.reason?.contains("METADATA.ome.xml") == true, "\(error as Any)")
    }
}
