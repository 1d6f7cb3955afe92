import IDRPlan
import IDRRecord
import IDRScreens

/// Which wells may give the diameter of a plate's nuclei. They come from the study's table and not from the selection: what a plate's images get
/// must not depend on which of them a script asks for.
enum DiameterCandidates {
    /// By plate of `plan`, in the order in which they are tried; nothing where the plan estimates no plate's diameter.
    static func all(of plan: ResolvedPlan, _ tables: ScreenTables) -> [String: [WellReference]] {
        guard Stage.diameter.isPart(plan.plan) else { return [:] }
        return tables.wellsByName(on: Set(plan.wells.map(\.plate))).mapValues { wells in
            wells.prefix(Segmentation.wellsTriedForDiameter).map(WellReference.init)
        }
    }

    /// Those that gave the diameter of each plate of a record: a rerun uses no others. Former releases took the plan's first well of a plate.
    /// - Returns: plates of which the record has a diameter.
    static func recorded(_ record: RecordFolder) throws(IDRError) -> [String: [WellReference]] {
        guard Stage.diameter.isPart(record.plan.plan) else { return [:] }
        let (values, wells) = (try record.sharedValues(), Dictionary(grouping: record.plan.wells, by: \.plate))
        var candidates: [String: [WellReference]] = [:]
        for (plate, wells) in wells {
            guard let shared = values[RecordLayout.sharedDiameter(plate)] else { continue }
            guard let tried = shared.candidates else {
                candidates[plate] = wells.filter { $0.well == shared.well }
                continue
            }
            candidates[plate] = tried.filter { !$0.planes.isEmpty }.map { candidate in
                wells.first { $0.well == candidate.well }
                    ?? WellReference(plate: plate, well: candidate.well, wellNumber: candidate.wellNumber, gene: "", controlType: "")
            }
        }
        return candidates
    }

    /// The wells that a run reads besides those of its plan where all of them have nuclei.
    static func extra(_ candidates: [String: [WellReference]], of plan: ResolvedPlan) -> [WellReference] {
        let own = Set(plan.wells)
        return candidates.sorted { $0.key < $1.key }.flatMap { $0.value.prefix(Segmentation.wellsForDiameter) }.filter { !own.contains($0) }
    }
}

extension FrameRequest {
    /// What is needed of a well for its plate's diameter: the plan's first field, and the channel that shows nuclei alone.
    init(candidate well: WellReference, of resolved: ResolvedPlan, channels: WantedChannels) {
        self.init(
            well, field: resolved.plan.fields[0], of: resolved, channels: WantedChannels(segmented: channels.segmented, profiled: nil, measured: nil))
    }
}

extension WellReference {
    init(_ well: ScreenWell) {
        self.init(plate: well.plate, well: well.name, wellNumber: well.number, gene: well.target, controlType: well.controlType)
    }
}
