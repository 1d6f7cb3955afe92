import IDRPlan

/// The stages of a batch, as programs that are called one after another.
enum CrateStage: String, CaseIterable {
    case fetch, correct, segment, profile, write

    /// Those of a plan, in order.
    static func all(of plan: Plan) -> [CrateStage] { allCases.filter { $0 != .correct || plan.correction != nil } }

    /// The stage that takes a model of this role.
    static func using(role: String) -> CrateStage { role.hasPrefix("segmentation") ? .segment : .profile }

    /// The stage that made an output, by the file's name: corrected frames and masks are kept only where somebody asked for them.
    static func making(_ name: String, _ plan: Plan) -> CrateStage {
        if name.hasSuffix("_masks.tif") || name.hasSuffix("_Nuclei.csv") { return .segment }
        return !name.hasSuffix(".tif") ? .write : plan.correction == nil ? .fetch : .correct
    }

    var description: String {
        switch self {
        case .fetch: "reads the planes that are needed of each image"
        case .correct: "corrects the illumination of each frame with BaSiC (Peng et al. 2017)"
        case .segment: "finds nuclei with a network of Cellpose's architecture (Pachitariu & Stringer 2022)"
        case .profile: "cuts out each nucleus and computes its features, as DeepProfiler does"
        case .write: "writes the batch's tables"
        }
    }

    /// What a stage takes and gives. A thing has one name: what one stage gives as `frames`, the next takes as `frames`.
    func things(_ plan: Plan) -> (taken: [CrateThing], given: [CrateThing]) {
        let frames = plan.correction == nil ? CrateThing.planes : .frames
        return switch self {
        case .fetch: ([.images], [.planes])
        case .correct: ([.planes], [.frames])
        case .segment: ([frames], [.labels, .locations])
        case .profile: ([frames, .labels, .locations], [.crops, .features])
        case .write: ([.locations, .features], [.tables])
        }
    }
}

/// What goes from stage to stage.
enum CrateThing: String, CaseIterable {
    case images, planes, frames, labels, locations, crops, features, tables

    var type: String { self == .planes ? "PropertyValue" : "File" }

    var description: String {
        switch self {
        case .images: "images of the wells, as the study has them"
        case .planes: "planes that were read, by digest of their pixels: a line 'height width type', then the pixels, little-endian"
        case .frames: "frames after correction, by digest in the form of planes"
        case .labels: "label images, by digest in the form of planes, int32"
        case .locations: "centres of the nuclei as text"
        case .crops: "crops of the nuclei as the network took them, float32, little-endian"
        case .features: "features [nucleus, feature], float32, little-endian"
        case .tables: "profiles, a row a nucleus"
        }
    }

    var formal: String { CrateParameters.formal(rawValue) }
}
