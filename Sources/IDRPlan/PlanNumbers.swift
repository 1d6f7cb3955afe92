extension Plan {
    /// The largest frame, field or slice that is taken, and the most of them. No microscope has made so many; a number from elsewhere may claim any.
    package static let largestNumber = 100_000

    /// Frames, fields and slice as the DSL makes them: numbers from 1, ascending, each once, none above ``largestNumber``. Which of them there
    /// are is for the images to say.
    /// - Throws: an ``IDRError`` that names the first one that cannot be, and the range.
    package func checkNumbers() throws(IDRError) {
        for (axis, numbers) in [("frame", frames), ("field", fields), ("slice", [slice])] {
            guard numbers.count <= Self.largestNumber else {
                throw IDRError(
                    .invalidPlan, "the plan names \(numbers.count) \(axis)s", because: "at most \(Self.largestNumber) are taken",
                    fix: "choose fewer, in several runs")
            }
            if let wrong = numbers.first(where: { !(1...Self.largestNumber).contains($0) }) {
                throw IDRError(
                    .invalidPlan, "\(axis) \(wrong) does not exist", because: "\(axis)s are counted from 1, up to \(Self.largestNumber)",
                    fix: "choose a \(axis) in that range with .\(axis == "slice" ? axis : axis + "s")(...)")
            }
            if let pair = zip(numbers, numbers.dropFirst()).first(where: { $0 >= $1 }) {
                throw IDRError(
                    .invalidPlan, "the plan's \(axis)s are not in order", because: "\(pair.0) stands before \(pair.1)",
                    fix: "name each \(axis) once, ascending")
            }
        }
    }
}
