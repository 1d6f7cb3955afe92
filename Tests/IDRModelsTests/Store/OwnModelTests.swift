import Foundation
import IDRFiles
import IDRImaging
import IDRModels
import IDRPlan
import TestSupport
import Testing

/// Models that the user adds and removes.
@Suite struct OwnModelTests {
    @Test func aNetworkWithItsSizeModelIsAdded() async throws {
        let desk = try OwnStore()
        let files = try await desk.add("my-nuclei", OwnStore.network, OwnStore.sizeModel)
        #expect(files.map(\.kind) == [.cellpose, .sizeModel] && files.map(\.file.name) == ["cpnet_reduced_trained.pth", "size_reduced.npy"])
        let digests = try [OwnStore.network, OwnStore.sizeModel].map { path throws(IDRError) in try SHA256.digest(ofFile: path) }
        #expect(files.map(\.file.sha256) == digests)
        #expect(desk.own == ["my-nuclei/MODEL_CARD.md", "my-nuclei/cpnet_reduced_trained.pth", "my-nuclei/size_reduced.npy"])
        #expect(desk.folders == ["my-nuclei"])
        #expect(try desk.scratch.bytes("own/my-nuclei/size_reduced.npy") == ImportSupport.fixtureBytes("segmentation_illumination/size_reduced.npy"))
        let model = try desk.store.model("my-nuclei")
        #expect(model.origin == .own)
        try await desk.store.check(model)
        #expect(try desk.store.file(.named("my-nuclei"), ending: [".npy"]) == desk.scratch("own/my-nuclei/size_reduced.npy"))
    }

    @Test func kindsAreTold() async throws {
        let desk = try OwnStore()
        #expect(
            try await desk.add("legacy", ImportSupport.fixture("segmentation_illumination/cpnet_reduced_trained_legacy.pth")).map(\.kind) == [
                .cellpose
            ])
        #expect(try await desk.add("made-up", desk.write(TorchSample.cellpose(), to: "w.pth")).map(\.kind) == [.cellpose])
        #expect(try await desk.add("b0", OwnStore.b0).map(\.kind) == [.efficientNetB0])
        let lite0 = try ModelStore.standard.file(.efficientNetLite0, ending: [".pth"])
        #expect(try await desk.add("lite0", lite0).map(\.kind) == [.efficientNetLite0])
        let onnx = ONNXGraph.colourMeans()
        #expect(try await desk.add("onnx", desk.write(onnx, to: "features.onnx")).map(\.kind) == [.onnx])
        #expect(desk.folders == ["b0", "legacy", "lite0", "made-up", "onnx"])
    }

    /// A link leads to the file; its own name counts.
    @Test func linksAreFollowed() async throws {
        let desk = try OwnStore()
        try FileManager.default.createSymbolicLink(atPath: desk.scratch("link.pth"), withDestinationPath: OwnStore.network)
        _ = try await desk.add("linked", desk.scratch("link.pth"))
        let attributes = try FileManager.default.attributesOfItem(atPath: desk.scratch("own/linked/link.pth"))
        #expect(attributes[.type] as? FileAttributeType == .typeRegular)
    }

    @Test func withoutACardOneSaysSo() async throws {
        let desk = try OwnStore()
        let file = try await desk.add("my-nuclei", OwnStore.network)[0]
        let card = String(decoding: try desk.scratch.bytes("own/my-nuclei/MODEL_CARD.md"), as: UTF8.self)
        #expect(
            card.hasPrefix("# my-nuclei\n") && card.contains("No model card was given") && card.contains(file.file.sha256.hex)
                && card.contains("\(file.file.bytes) bytes"))
        #expect(card.contains("`cpnet_reduced_trained.pth`: Cellpose network"))
        // Neither a time nor a folder: added elsewhere, it is the same.
        let other = try OwnStore()
        _ = try await other.add("my-nuclei", OwnStore.network)
        #expect(try other.scratch.bytes("own/my-nuclei/MODEL_CARD.md") == Array(card.utf8) && !card.contains("/"))
    }

    @Test func aCardIsKeptAsItIs() async throws {
        let desk = try OwnStore()
        let card = try desk.write(Array("# Mine\n\nKäfer".utf8), to: "card.md")
        _ = try await desk.add("mine", OwnStore.network, card: card)
        #expect(try desk.scratch.bytes("own/mine/MODEL_CARD.md") == Array("# Mine\n\nKäfer".utf8))
        for (bytes, name) in [([], "empty.md"), ([0xFF, 0xFE, 0x00], "binary.md"), ([UInt8](repeating: 65, count: 1 << 20 + 1), "large.md")] {
            let path = try desk.write(bytes, to: name)
            await expectError(.invalidInput, name) { try await desk.add("other", OwnStore.network, card: path) }
        }
        await expectError(.missing, "nowhere.md") { try await desk.add("other", OwnStore.network, card: desk.scratch("nowhere.md")) }
        #expect(desk.folders == ["mine"])
    }

    @Test(arguments: [
        "", ".", "..", ".hidden", "-rf", "a/b", "../a", "a\\b", "a..b", "a b", "näme", "a\n", "a\u{202E}b", String(repeating: "a", count: 65),
    ])
    func namesThatAreNoneAreRefused(name: String) async throws {
        let desk = try OwnStore()
        await expectError(.refused, "a model cannot be called") { try await desk.add(name, OwnStore.network) }
        #expect(desk.folders.isEmpty && desk.scratch.contents == ["root"])
    }

    @Test(arguments: ["a", "_", "9", "lock", "my-nuclei_2.1", String(repeating: "a", count: 64)])
    func namesThatAreSome(name: String) async throws {
        let desk = try OwnStore()
        _ = try await desk.add(name, OwnStore.network)
        _ = try await desk.add(name, OwnStore.network, replacing: true)
        #expect(desk.store.list().map(\.name).contains(name))
    }

    @Test func aNameThatIsTakenIsRefused() async throws {
        let desk = try OwnStore()
        for replacing in [false, true] {
            await expectError(.refused, "IDRKit has it") { try await desk.add("shipped", OwnStore.network, replacing: replacing) }
        }
        _ = try await desk.add("mine", OwnStore.network, OwnStore.sizeModel)
        let before = desk.own
        await expectError(.refused, "--replace") { try await desk.add("mine", OwnStore.b0) }
        // What cannot be used replaces nothing.
        await expectError(.invalidInput) { try await desk.add("mine", desk.write([1, 2, 3], to: "broken.pth"), replacing: true) }
        #expect(desk.own == before && desk.folders == ["mine"])
        _ = try await desk.add("mine", OwnStore.b0, replacing: true)
        #expect(desk.own == ["mine/MODEL_CARD.md", "mine/efficientnet_b0_wS.h5"] && desk.folders == ["mine"])
        // What there is not yet may be "replaced" as well.
        _ = try await desk.add("new", OwnStore.b0, replacing: true)
        #expect(desk.folders == ["mine", "new"])
    }

    @Test func aModelIsOneNetwork() async throws {
        let desk = try OwnStore()
        await expectError(.refused, "a model has one network") { try await desk.add("m", OwnStore.network, OwnStore.b0) }
        await expectError(.refused, "a model has one network") { try await desk.add("m", OwnStore.network, OwnStore.network) }
        await expectError(.refused, "a model has one size model") {
            try await desk.add("m", OwnStore.network, OwnStore.sizeModel, OwnStore.sizeModel)
        }
        await expectError(.refused, "a size model alone") { try await desk.add("m", OwnStore.sizeModel) }
        await expectError(.invalidInput, "only a Cellpose network") { try await desk.add("m", OwnStore.b0, OwnStore.sizeModel) }
        let narrow = try desk.write(TorchSample.cellpose(), to: "narrow.pth")
        await expectError(.invalidInput, "the network's style has 8 numbers and the size model takes 64") {
            try await desk.add("m", OwnStore.sizeModel, narrow)
        }
        #expect(desk.folders.isEmpty)
    }

    @Test func weightsThatCannotBeUsedAreRefusedByTheNameThatTheyHave() async throws {
        let desk = try OwnStore()
        let network = try ImportSupport.fixtureBytes("segmentation_illumination/cpnet_reduced_trained.pth")
        let junk = Array("no weights at all".utf8)
        let undefined = TorchSample.cellpose { name, values in name == "output.2.bias" ? values.map { _ in .nan } : values }
        let strange = TorchSample([(name: "fc.weight", shape: [2, 2], values: [1, 2, 3, 4])]).zip()
        let dimensionless = TorchSample.cellpose { name, values in name == "diam_mean" ? [0] : values }
        let cases: [(bytes: [UInt8], name: String, reason: String)] = [
            (Array(network.prefix(network.count / 2)), "cut.pth", ""), ([], "empty.pth", ""), (junk, "junk.pth", ""), (junk, "junk.h5", ""),
            (junk, "junk.hdf5", ""), (junk, "junk.onnx", ""), (undefined, "undefined.pth", "infinite or undefined"),
            (strange, "strange.pth", "neither those of a Cellpose 2 network nor those of EfficientNet-Lite0"),
            (TorchSample.cellpose(outputs: 4), "planes.pth", "it gives 4 planes"), (dimensionless, "flat.pth", "its mean diameter is 0.0"),
            (network, "ending.pt", "its name ends with .pt"), (network, "ENDING.PTH", "its name ends with .PTH"), (network, "pth", "no ending"),
            (network, "wrong.onnx", ""), (network, "wrong.h5", ""),
        ]
        for (bytes, name, reason) in cases {
            let path = try desk.write(bytes, to: name)
            let error = await #expect(throws: IDRError.self, "\(name)") { try await desk.add("m", path) }
            let text = error?.description ?? ""
            #expect(text.contains(path) && (reason.isEmpty || text.contains(reason)) && !text.contains(".partial"), "\(text)")
        }
        let size = try desk.write(junk, to: "junk.npy")
        await expectError(.invalidInput, size) { try await desk.add("m", OwnStore.network, size) }
        #expect(desk.folders.isEmpty)
    }

    @Test func filesThatAreNoneAreRefused() async throws {
        let desk = try OwnStore()
        await expectError(.missing, "nowhere.pth") { try await desk.add("m", desk.scratch("nowhere.pth")) }
        try FileManager.default.createDirectory(atPath: desk.scratch("folder.pth"), withIntermediateDirectories: true)
        await expectError(.invalidInput, "is not a file") { try await desk.add("m", desk.scratch("folder.pth")) }
        #expect(mkfifo(desk.scratch("pipe.pth"), 0o600) == 0)
        await expectError(.invalidInput, "is not a file") { try await desk.add("m", desk.scratch("pipe.pth")) }
        for name in [".hidden.pth", "a..b.pth", "a\u{202E}b.pth"] {
            let path = try desk.write(ImportSupport.fixtureBytes("segmentation_illumination/cpnet_reduced_trained.pth"), to: name)
            await expectError(.refused, "a model's file cannot be called") { try await desk.add("m", path) }
        }
        #expect(desk.folders.isEmpty)
    }

    @Test func whereThereIsNoPlaceNothingIsAdded() async throws {
        let none = ModelStore(roots: [])
        await expectError(.missing, "XDG_DATA_HOME") { try await none.add("m", from: [.file(OwnStore.network)]) }
        let closed = ModelStore(roots: [], own: "/proc/self/models")
        await expectError(.system, "/proc/self/models") { try await closed.add("m", from: [.file(OwnStore.network)]) }
    }

    @Test func whatEndedProcessesLeftIsTakenAwayAndWhatIsAtWorkStays() async throws {
        let desk = try OwnStore()
        let left = desk.scratch("own/.other.1-0.partial")
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: desk.scratch("own/.mine"), withIntermediateDirectories: true)
        let atWork = try AtomicFolder(desk.scratch("own/third"))
        _ = try await desk.add("one", OwnStore.network)
        #expect(desk.folders == [".mine", ".third.\(getpid())-0.partial", "one"])
        #expect(FileManager.default.fileExists(atPath: atWork.partialPath))
    }

    /// A process ended between moving a model away and moving its successor in.
    @Test func aModelThatWasBeingReplacedComesBack() async throws {
        let desk = try OwnStore()
        _ = try await desk.add("mine.v2", OwnStore.network)
        let manager = FileManager.default
        try manager.moveItem(atPath: desk.scratch("own/mine.v2"), toPath: desk.scratch("own/.mine.v2.1-0.partial.old"))
        try manager.createDirectory(atPath: desk.scratch("own/.mine.v2.1-0.partial"), withIntermediateDirectories: false)
        _ = try await desk.add("other", OwnStore.network)
        #expect(desk.folders == ["mine.v2", "other"] && desk.own.contains("mine.v2/cpnet_reduced_trained.pth"))
        // Where it is there, what was moved away goes.
        try manager.createDirectory(atPath: desk.scratch("own/.mine.v2.1-0.partial.old"), withIntermediateDirectories: false)
        _ = try await desk.add("third", OwnStore.network)
        #expect(desk.folders == ["mine.v2", "other", "third"])
    }

    @Test func aNameThatCouldMeanTwoFilesMeansNone() throws {
        let desk = try OwnStore()
        try FileManager.default.copyItem(atPath: OwnStore.b0, toPath: desk.scratch("root/shipped/b0.h5"))
        #expect(try desk.store.file(of: "shipped", ending: [".pth"]).hasSuffix("/shipped.pth"))
        let error = #expect(throws: IDRError.self) { try desk.store.file(of: "shipped", ending: FeatureNetwork.endings) }
        #expect(error?.code == .refused && error?.subject.count == 2)
    }

    @Test func onlyTheUsersAreRemoved() async throws {
        let desk = try OwnStore()
        await expectError(.missing, "you have added none") { try desk.store.remove("mine") }
        _ = try await desk.add("mine", OwnStore.network)
        await expectError(.refused, "model shipped is not one of yours") { try desk.store.remove("shipped") }
        for name in ["other", "..", "mine/../mine", ""] {
            await expectError(.missing, "yours are: mine") { try desk.store.remove(name) }
        }
        #expect(try desk.store.remove("mine").name == "mine")
        #expect(desk.folders.isEmpty && desk.store.list().map(\.name) == ["shipped"])
        // Of a link to a folder, the link goes.
        try FileManager.default.createSymbolicLink(atPath: desk.scratch("own/link"), withDestinationPath: desk.scratch("root/shipped"))
        _ = try desk.store.remove("link")
        #expect(desk.folders.isEmpty && FileManager.default.fileExists(atPath: desk.scratch("root/shipped/shipped.pth")))
    }
}
