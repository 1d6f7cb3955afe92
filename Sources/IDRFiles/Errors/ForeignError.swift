import Foundation
package import IDRPlan

extension IDRError {
    /// `error` as the one kind that a person sees: itself, or what another library threw, with what was being done and the library's own words.
    ///
    /// Cancellation is no failure of what was tried: let `CancellationError` pass before this is asked.
    /// - Parameters:
    ///   - problem: what failed, one clause.
    ///   - code: of an error that is of no known kind. `system` ends a run, so that it must be meant.
    package init(_ error: any Error, _ problem: String, at subject: [String] = [], otherwise code: Code = .invalidInput) {
        switch error {
        case let error as IDRError: self = error.at(subject)
        case let error as DecodingError: self.init(.invalidInput, problem, at: subject, because: Self.words(error))
        case let error as EncodingError: self.init(.invalidInput, problem, at: subject, because: Self.words(error))
        case let error as POSIXError: self.init(.system, problem, at: subject, because: SystemFailure.reason(error.code.rawValue))
        case let error as CocoaError: self.init(.system, problem, at: subject, because: error.localizedDescription)
        default: self.init(code, problem, at: subject, because: "\(error)")
        }
    }

    private static func words(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): "\(place(context.codingPath)) is null"
        case .typeMismatch(_, let context), .dataCorrupted(let context): "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func words(_ error: EncodingError) -> String {
        switch error {
        case .invalidValue(_, let context): "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "\(error)"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the whole" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
