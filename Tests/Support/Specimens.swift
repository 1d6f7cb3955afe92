package import IDRPlan

/// Values that use every case and every optional field.
package enum Specimens {
    package static let plan: Plan = {
        var plan = Plan(screen: "idr0013A")
        plan.selection = [
            .controls(nil, words: ControlWords(negative: ["no reagent"])), .controls(.negative, words: nil), .wells(["A4"]), .plates(["LT0001_02"]),
            .excludingWells(["A1"]),
            .annotation(column: "Gene Symbol", values: ["KIF11"]), .first(3),
        ]
        plan.frames = [48, 50]
        plan.fields = [1, 2]
        plan.correction = Correction(behaviour: .compat)
        plan.segmentation = Segmentation(channel: "DNA", model: .nucleiSmall, sizeModel: .path("size.npy"), diameter: 17.5)
        plan.measuring = Measuring(channels: [1])
        plan.profiling = Profiling(channels: ["DNA", 2], configuration: "config.json", network: .path("b0.h5"), outlines: true)
        return plan
    }()

    /// What plans can ask for since form 6.
    package static let selecting: Plan = {
        var selecting = plan
        selecting.selection = [
            .controlsNamedIn(column: "Comments", kind: .other), .controlsWhere(column: "Drug", values: ["DMSO"]), .controls(.empty, words: nil),
            .passing, .excludingAnnotation(column: "Drug", values: ["x"]),
        ]
        return selecting
    }()

    package static let access: Access = {
        var access = Access(mirror: "mirror", sources: PixelSource.allCases)
        access.catalog = CatalogSource.allCases
        access.services = ["https://host/"]
        access.aspera = AsperaAccess(key: "key")
        access.screens = ["idr0013A": ScreenConventions(study: "idr0013-x", controlWords: ControlWords())]
        access.freshness = .offline
        return access
    }()

    package static let resolved = ResolvedPlan(
        plan: plan, tables: [ContentFile(role: "plates", name: "plates.tsv", bytes: 3, sha256: Digest(filledWith: 0))],
        models: [ContentFile(role: "segmentation", name: "nuclei-small.pth", bytes: 4, sha256: Digest(filledWith: 0x11))],
        channels: ["DAPI:DNA"],
        wells: [
            WellReference(plate: "P", well: "A4", wellNumber: 4, gene: "G", controlType: "positive control")
        ])

    /// Of a study whose plates have other channels.
    package static let byPlate: ResolvedPlan = {
        var plan = resolved
        (plan.channels, plan.plateChannels) = ([], ["P": ["DAPI:DNA"]])
        return plan
    }()
}
