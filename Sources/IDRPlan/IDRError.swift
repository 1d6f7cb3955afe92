/// The one error a person sees: what failed, on which well and file, why, and what to do next.
///
/// Printed as up to four short lines:
/// ```
/// error: frame 120 does not exist
///   where: plate LT0001_02, well A4, hdf5/00004_01.ch5
///   why: the movie has 93 frames, so valid frames are 1...93
///   fix: choose a frame in that range with .frame(...)
/// ```
public struct IDRError: Error, Sendable, Hashable, Codable {
    /// The kind of failure, for programs; people read the text. Codes may be added.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable {
        /// The code as programs write it: `invalid-plan`.
        public let rawValue: String
        /// A code by its text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file, folder, well, plate, column or model that was named is not there.
        public static let missing = Code(rawValue: "missing")
        /// Something exists but its content is not what it must be: truncated, wrong type, wrong shape.
        public static let invalidInput = Code(rawValue: "invalid-input")
        /// The plan or an option asks for something impossible.
        public static let invalidPlan = Code(rawValue: "invalid-plan")
        /// Content that would run code or leave its folder was refused.
        public static let refused = Code(rawValue: "refused")
        /// Something is there, but it is not what a record says.
        public static let changed = Code(rawValue: "changed")
        /// Toolchain, libraries or models are not those that a lock names.
        public static let locked = Code(rawValue: "locked")
        /// The machine failed: full disk, no permission, missing library.
        public static let system = Code(rawValue: "system")
        /// A server could not be reached, or did not give what it was asked for.
        public static let transfer = Code(rawValue: "transfer")
        /// A server cannot be reached, or no longer, and was waited for.
        public static let unreachable = Code(rawValue: "unreachable")
        /// A file is there and cannot be read at the moment: the machine refuses it, or what reads it was ended or took too long.
        public static let unavailable = Code(rawValue: "unavailable")
        /// Packages that a script names cannot be had, or are not those that a record names.
        public static let packages = Code(rawValue: "packages")
        /// What was asked for is not in the caches, and nothing may be asked of a server.
        public static let notCached = Code(rawValue: "not-cached")
        /// The process that reads foreign files cannot be started, or was ended.
        public static let reader = Code(rawValue: "reader")
        /// A run ended, but some of its images or batches failed.
        public static let batchesFailed = Code(rawValue: "batches-failed")
    }

    /// The kind of failure.
    public var code: Code
    /// What failed, one clause.
    public var problem: String
    /// Where: plate, well, file, from the general to the particular.
    public var subject: [String]
    /// Why it failed, or nil where the problem says it.
    public var reason: String?
    /// What to do next.
    public var advice: String?

    /// An error in the order in which a person reads it.
    public init(_ code: Code, _ problem: String, at subject: [String] = [], because reason: String? = nil, fix advice: String? = nil) {
        self.code = code
        self.problem = problem
        self.subject = subject
        self.reason = reason
        self.advice = advice
    }

    /// The same error seen from further out: `context` is put before the existing subjects.
    public func at(_ context: String...) -> IDRError { at(context) }

    /// The same error seen from further out: `context` is put before the existing subjects, without what they say already.
    public func at(_ context: [String]) -> IDRError {
        var copy = self
        copy.subject = context.filter { !subject.contains($0) } + subject
        return copy
    }
}

extension IDRError {
    /// Whether it is nobody's in particular, so that nothing that follows would fare better and a run ends with it: `system` (a full disk, no
    /// memory, an output folder that is lost), `locked` (models or libraries that are not those of the lock), `unreachable` (a network that is
    /// gone), `reader` (no process that reads foreign files).
    package var endsRun: Bool { [.system, .locked, .unreachable, .reader].contains(code) }
}

extension IDRError {
    /// Whether it says what is so at the moment, and nothing of the file or image that was asked for.
    package var isPassing: Bool { [.transfer, .unreachable, .unavailable, .notCached, .reader].contains(code) }
}

extension IDRError: CustomStringConvertible {
    /// The lines that a person reads.
    public var description: String {
        var lines = [problem]
        if !subject.isEmpty { lines.append("  where: " + subject.joined(separator: ", ")) }
        if let reason { lines.append("  why: " + reason) }
        if let advice { lines.append("  fix: " + advice) }
        return lines.joined(separator: "\n")
    }
}
