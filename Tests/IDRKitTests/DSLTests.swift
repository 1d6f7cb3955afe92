import IDRKit
import Testing

/// The DSL only describes: each call adds to a plan.
struct DSLTests {
    @Test func thePublishedLineCompilesAsWritten() {
        let pipeline = screen("idr0013A").controls().frame(50).correct().segment().profile()
        #expect(pipeline.plan.screen == "idr0013A")
        #expect(pipeline.plan.selection == [.controls(nil, words: nil)])
        #expect(pipeline.plan.frames == [50])
        #expect(pipeline.plan.correction == Correction())
        #expect(pipeline.plan.segmentation == Segmentation())
        #expect(pipeline.plan.profiling == Profiling())
    }

    @Test func defaultsAreThePublishedChoices() {
        let segmentation = Segmentation()
        #expect(segmentation.flowThreshold == 0.8)
        #expect(segmentation.cellProbabilityThreshold == 0)
        #expect(segmentation.diameter == nil)
        #expect(Pipeline<Profiled>.publishedBatchSize == 10)
    }

    @Test func selectionStepsKeepTheirOrder() {
        let pipeline = screen("idr0013A", mirror: "m").plates("P1", "P2").controls(.negative).wells("A4", "P1/B2").excluding(wells: "A5")
            .where("Gene Symbol", is: "KIF11").first(7).frames(3, 1, 3)
        let (plan, access) = (pipeline.plan, pipeline.access)
        #expect(
            plan.selection == [
                .plates(["P1", "P2"]), .controls(.negative, words: nil), .wells(["A4", "P1/B2"]), .excludingWells(["A5"]),
                .annotation(column: "Gene Symbol", values: ["KIF11"]), .first(7),
            ])
        #expect(plan.frames == [1, 3])
        #expect(access == Access(mirror: "m") && screen("idr0013A").access == nil)
    }

    @Test func framesMayBeSegmentedWithoutCorrection() {
        let plan = screen("idr0013A").frames(2...4).segment(diameter: 20).profile(outlines: true).plan
        #expect(plan.correction == nil)
        #expect(plan.frames == [2, 3, 4])
        #expect(plan.segmentation?.diameter == 20)
        #expect(plan.profiling?.outlines == true)
    }
}
