import IDRPlan

extension Artifact {
    /// `@id` of the formal parameter of what goes from stage to stage.
    var formal: String { CrateParameters.formal(id) }

    /// What the artifact is in a crate: planes are known by the digests of their pixels alone.
    var crateType: String { self == .planes ? "PropertyValue" : "File" }
}
