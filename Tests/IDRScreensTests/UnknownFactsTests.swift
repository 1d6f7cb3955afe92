import Foundation
import IDRFiles
import IDRFormats
import IDRImaging
import IDRPlan
import IDRScreens
import IDRTransfer
import TestSupport
import Testing

/// What cannot be found out is said, and never taken for "none", nor remembered.
@Suite struct UnknownFactsTests {
    /// The kernel's files say that they have no bytes: only reading tells.
    @Test func bytesOfADigestAreThoseThatWereRead() throws {
        let file = try ContentFile(file: "/proc/version", name: "version")
        let bytes = try #require(FileManager.default.contents(atPath: "/proc/version"))
        #expect(file.bytes == bytes.count && file.bytes > 0)
        #expect(try file.sha256 == SHA256.digest(of: [UInt8](bytes)))
    }

    /// A plate's folder that cannot be listed is no plate without images, and the next question lists it anew.
    @Test func anUnreadableMirrorFolderIsNotRemembered() async throws {
        let scratch = try ScratchFolder()
        let study = "idr0035-caie-drugresponse"
        try OnDisk.makeFolder(scratch("mirror/\(study)/screenA"))
        func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: scratch("mirror/\(study)/\(name)"))) }
        try write("P\t/uod/idr/filesets/\(study)/2016-original/P\n", "screenA/idr0035-screenA-plates.tsv")
        try write("Plate,Well,Control Type\nP,A2,negative control\n", "screenA/idr0035-screenA-annotation.csv")
        let place = scratch("mirror/\(study)/2016-original")
        try OnDisk.makeFolder(place)
        try FileManager.default.createSymbolicLink(atPath: place + "/P", withDestinationPath: "P")
        var access = Access(mirror: scratch("mirror")).over(.published)
        access.cache = scratch("cache")
        access.sources = [.mirror]
        access.screens = ["idr0035A": ScreenConventions(tiffPattern: "r{row:2}c{column:2}f{field:2}-ch{channel}.tiff")]
        let network = try Network(access: access, client: RemoteClient.impatient())
        let screen = try await Catalog(access: access, network: network).screen(ScreenName("idr0035A"))
        let reader = try ImageReader(screen: screen, access: access, network: network)
        let well = WellAddress(try screen.tables.well("A2", on: "P"))
        let error = await #expect(throws: IDRError.self) { try await reader.read(well) { _, _ in [PlaneIndex(frame: 1)] } }
        #expect(
            error?.problem == "the folder 2016-original/P cannot be read" && error?.reason?.contains(SystemFailure.reason(ELOOP)) == true,
            "\(String(describing: error))")
        try OnDisk.remove(place + "/P")
        try OnDisk.makeFolder(place + "/P")
        let plane = Plane<UInt16>(height: 3, width: 4, pixels: (0..<12).map { UInt16($0) })
        try TIFFWriter.write(plane, to: place + "/P/r01c02f01-ch1.tiff")
        #expect(try await reader.read(well) { _, _ in [PlaneIndex(frame: 1)] }.planes == [.uint16(plane)])
    }

    /// A screen is described without what the services do not say, and the description says what is missing and why.
    @Test func aSummaryNamesWhatItCouldNotAsk() async throws {
        let scratch = try ScratchFolder()
        let study = "/idr-metadata/idr0013-neumann-mitocheck/screenA/idr0013-screenA"
        let texts = [
            study + "-annotation.csv": "Plate,Well Number,Well,Original Gene Target,Control Type\nP_1,2,A2,,negative control\n",
            study + "-plates.tsv": "P_1\t../screens/P_1.screen\n",
        ]
        let server = try LoopbackServer { request in
            texts[request.path].map { LoopbackServer.answer(200, body: Array($0.utf8)) } ?? LoopbackServer.answer(403)
        }
        var access = FakeIDR.access(base: server.base, cache: scratch("cache"))
        access.sources = [.omeZarr]
        let network = try Network(access: access, client: RemoteClient.impatient())
        let summary = try await ScreenSummary(of: ScreenName("idr0013A"), access: access, network: network)
        #expect(summary.wells == 1 && summary.bytes == nil && summary.annotations == [] && summary.images == nil)
        for what in ["its size", "what the study says of itself", "its images, from the services"] {
            #expect(summary.notes.contains { $0.hasPrefix("not known: \(what): the server refuses it") }, "\(what) in \(summary.notes)")
        }
    }
}
