extension IDRError {
    /// Whether it is no image's failure: what the machine refuses to one image it refuses to the next.
    package var endsRun: Bool { code == .system }
}
