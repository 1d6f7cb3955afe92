/// A plan with every name made concrete: which wells, by which tables, with which models.
///
/// Its SHA-256 (of the canonical JSON) is the run's identity. It holds no folder of a machine,
/// and no address: the same study resolved anywhere has the same identity,
/// wherever its pixels come from. Records say where they came from, and what they were.
package struct ResolvedPlan: Codable, Sendable, Hashable {
    /// The newest form; it rises with ``Plan/formatVersion``.
    package static let formatVersion = 6

    /// The form that this plan is encoded in: its plan's, or the first that can say channels by plate.
    package var format: Int { plateChannels == nil ? plan.format : max(plan.format, 6) }
    /// What the script asked for, without folders of a machine.
    package var plan: Plan
    /// The study tables that the wells were chosen from, sorted by role.
    package var tables: [ContentFile]
    /// Every file that decides numbers: weights, size model, configuration; sorted by role.
    package var models: [ContentFile]
    /// What the study's table says is in each channel of the wells' images, in order; empty where it does not say.
    package var channels: [String]
    /// The same by plate, where plates differ; ``channels`` is empty then.
    package var plateChannels: [String: [String]]?
    /// In the order of the study's table. Each gives one image a field and frame of the plan.
    package var wells: [WellReference]

    /// `plan` with what its names stand for; folders in it are left out.
    package init(
        plan: Plan, tables: [ContentFile], models: [ContentFile], channels: [String] = [], plateChannels: [String: [String]]? = nil,
        wells: [WellReference]
    ) {
        self.plan = plan.portable
        self.tables = tables
        self.models = models
        self.channels = channels
        self.plateChannels = plateChannels
        self.wells = wells
    }

    /// What the study's table says is in each channel of a plate's images.
    package func channels(of plate: String) -> [String] { plateChannels.map { $0[plate] ?? [] } ?? channels }
}

extension ResolvedPlan {
    private enum CodingKeys: String, CodingKey { case format, plan, tables, models, channels, plateChannels, wells }

    /// A resolved plan of any form up to ``formatVersion``.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        plan = try values.decode(Plan.self, forKey: .plan)
        tables = try values.decode([ContentFile].self, forKey: .tables)
        models = try values.decode([ContentFile].self, forKey: .models)
        channels = try values.decode([String].self, forKey: .channels)
        plateChannels = try values.decodeIfPresent([String: [String]].self, forKey: .plateChannels)
        wells = try values.decode([WellReference].self, forKey: .wells)
        guard try values.decode(Int.self, forKey: .format) == format else {
            throw DecodingError.dataCorruptedError(forKey: .format, in: values, debugDescription: "its plan has format \(format)")
        }
    }

    /// The plan in its ``format``.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(format, forKey: .format)
        try values.encode(plan, forKey: .plan)
        try values.encode(tables, forKey: .tables)
        try values.encode(models, forKey: .models)
        try values.encode(channels, forKey: .channels)
        try values.encodeIfPresent(plateChannels, forKey: .plateChannels)
        try values.encode(wells, forKey: .wells)
    }
}

/// One well to profile, under the names that end up in the table.
package struct WellReference: Codable, Sendable, Hashable {
    /// Name of the plate in the study's table.
    package var plate: String
    /// Well name, row letter and column: `A4`.
    package var well: String
    /// 1-based: row × columns + column.
    package var wellNumber: Int
    /// What the well was treated with; `negative control` where the study leaves a control's target empty.
    package var gene: String
    /// The study's own word, empty where the well is no control.
    package var controlType: String

    /// A well as the study's tables describe it.
    package init(plate: String, well: String, wellNumber: Int, gene: String, controlType: String) {
        self.plate = plate
        self.well = well
        self.wellNumber = wellNumber
        self.gene = gene
        self.controlType = controlType
    }
}
