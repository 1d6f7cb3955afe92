import Foundation
import IDRFiles
import IDRKit
import IDRModels
import IDRPlan
import IDRRecord
import TestSupport
import Testing

/// Runs whose network computes in 8-bit whole numbers.
@Suite(.serialized) struct PrecisionTests {
    private static func error(_ segment: (Pipeline<Framed>) -> Pipeline<Segmented>) async throws -> IDRError? {
        let small = try await SmallScreen()
        let nuclei = segment(screen("idr0013A", mirror: small.mirror).wells("A2").frame(2))
        return await #expect(throws: IDRError.self) { try await nuclei.profile().run(batchSize: 1, options: small.options("run")) }
    }

    @Test func theRecordHoldsTheNetworkThatWasUsedAndFindsTheSameNuclei() async throws {
        let small = try await SmallScreen()
        let frames = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).correct()
        let floats = try await frames.segment(diameter: 27).measure().run(batchSize: 1, options: small.options("floats"))
        let whole = try await frames.segment(diameter: 27, precision: .int8).measure().run(batchSize: 1, options: small.options("whole"))
        let file = try ModelStore.standard.file(.nuclei2, ending: [".int8.onnx"])
        let record = try RecordFolder(reading: small.scratch("whole"))
        let digest = try SHA256.digest(ofFile: file)
        #expect(record.plan.models.map(\.sha256) == [digest] && record.plan.models[0].role == "segmentation")
        #expect(record.plan.plan.segmentation?.precision == .int8 && record.plan.format == 5)
        #expect(abs(whole.cellCount - floats.cellCount) <= 1 && floats.cellCount > 3)
    }

    /// Another network's results are no results of this one.
    @Test func keysOfTheStageCacheSayThePrecision() async throws {
        let small = try await SmallScreen()
        let nuclei = screen("idr0013A", mirror: small.mirror).wells("A2").frame(2).correct().segment(diameter: 27, precision: .int8)
        let run = try await nuclei.measure().run(batchSize: 1, options: small.options("run"))
        let record = try RecordFolder(reading: small.scratch("run"))
        let environment = try record.environment(of: 0)
        let batch = try #require(run.batches.first)
        let frame = try #require(batch.images[0].digests[.frames, channel: 1])
        let text = "{\"stage\":\"segment\",\"inputs\":{\"frame\":\"\(frame.hex)\"},\"settings\":{\"kernel\":\"1\"}}"
        let floats = try JSONDecoder().decode(StageKey.self, from: Data(text.utf8))
        let reasons = try StageReasons(batch, record.plan, environment, kept: [(floats, 0)]).reasons
        #expect(reasons.first { $0.stage == "segment" }?.because?.contains("precision") == true, "\(reasons)")
    }

    @Test func compatIsComputedInFloatsOnly() async throws {
        let error = try await Self.error { $0.segment(diameter: 27, precision: .int8, .compat) }
        #expect(error?.code == .invalidPlan && error?.problem == "compat cannot be computed in int8")
    }

    @Test func aModelWithoutSuchANetworkSaysHowToMakeOne() async throws {
        let error = try await Self.error { $0.segment(diameter: 27, model: .nucleiSmall, precision: .int8) }
        #expect(error?.code == .missing && error?.problem == "model nuclei-small has no network in int8")
        #expect(error?.advice?.contains("idrscript models quantise nuclei-small") == true)
    }

    @Test func anotherPrecisionThanTheFilesIsAnError() async throws {
        let whole = try await Self.error { $0.segment(diameter: 27, model: .path("a.pth"), precision: .int8) }
        #expect(whole?.code == .invalidPlan && whole?.advice?.contains("models quantise a.pth") == true)
        let floats = try await Self.error { $0.segment(diameter: 27, model: .path("a.int8.onnx")) }
        #expect(floats?.code == .invalidPlan && floats?.advice?.contains("precision: .int8") == true)
    }

    @Test func aSlowerProcessorIsSaid() {
        #expect(Processor.slowness(.int8, hasVNNI: true) == nil && Processor.slowness(nil, hasVNNI: false) == nil)
        #expect(Processor.slowness(.int8, hasVNNI: false)?.contains("finds the same nuclei") == true)
    }
}
