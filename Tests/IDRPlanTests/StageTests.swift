import IDRPlan
import Testing

/// The declarations of stages: what the loops over them rely on.
struct StageTests {
    private var full: Plan {
        var plan = Plan(screen: "idr0013A")
        plan.frames = [1]
        plan.correction = Correction()
        plan.segmentation = Segmentation(diameter: 17.5)
        plan.measuring = Measuring()
        plan.profiling = Profiling()
        return plan
    }

    @Test func everyNameIsGivenOnce() {
        let stages = Stage.all + Stage.shared
        #expect(Set(stages.map(\.id)).count == stages.count)
        #expect(Set(Artifact.all.map(\.id)).count == Artifact.all.count)
        let parameters = Stage.all.flatMap(\.parameters).map(\.name)
        #expect(Set(parameters).count == parameters.count)
        let roles = Stage.all.flatMap(\.models).map(\.id)
        #expect(Set(roles).count == roles.count)
    }

    /// A stage takes what an earlier one gives, in every plan that the DSL can make.
    @Test(arguments: [true, false], [true, false]) func whatIsTakenWasGiven(isCorrected: Bool, isMeasured: Bool) {
        var plan = full
        if !isCorrected { plan.correction = nil }
        if !isMeasured { plan.measuring = nil }
        var given: Set<Artifact> = []
        for stage in Stage.all(of: plan) {
            for artifact in stage.takes(in: plan) { #expect(artifact.isOutside || given.contains(artifact), "\(stage.id) takes \(artifact.id)") }
            given.formUnion(stage.gives)
        }
        #expect(given.contains(.tables))
    }

    @Test func stepsAreInTheOrderOfThePipeline() {
        #expect(Step.all.map(\.name) == ["select", "input", "correct", "segment", "locate", "measure", "crop", "profile", "write"])
        #expect(Step.select < Artifact.planes.step && Artifact.labels.step < Artifact.measurements.step && Artifact.features.step < Step.write)
    }

    @Test func filesAreTheirStages() {
        var plan = full
        #expect(Stage.making("P_1_1.tif", in: plan)?.id == "correct" && Stage.making("P_1_1_masks.tif", in: plan)?.id == "segment")
        #expect(Stage.making("batch_0.csv.gz", in: plan)?.id == "write")
        plan.correction = nil
        #expect(Stage.making("P_1_1.tif", in: plan)?.id == "fetch")
    }

    @Test(arguments: [0, -1, 1, 2.9, 1000.1, 100_000, .nan, .infinity]) func diametersThatCannotBeMeantAreRefused(diameter: Double) {
        var plan = full
        plan.segmentation?.diameter = diameter
        let error = #expect(throws: IDRError.self) { try plan.checkParameters() }
        #expect(error?.problem.hasPrefix("segmentation.diameter cannot be") == true && error?.reason?.contains("from 3.0 to 1000.0 pixels") == true)
    }

    @Test(arguments: [3, 17.5, 1000]) func othersAreTaken(diameter: Double) throws {
        var plan = full
        plan.segmentation?.diameter = diameter
        try plan.checkParameters()
        plan.segmentation?.diameter = nil
        try plan.checkParameters()
    }
}
