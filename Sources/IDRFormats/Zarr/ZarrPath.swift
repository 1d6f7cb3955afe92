import IDRFiles
import IDRPlan

/// Keys of objects in a store, made of paths that metadata names.
enum ZarrPath {
    /// `path` below `parent`; every part of it is checked, because it comes from a file of others.
    /// - Parameter what: what the path is of, for the error.
    static func joined(_ parent: String, _ path: String, called what: String) throws(IDRError) -> String {
        var parts: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            do throws(IDRError) {
                parts.append(try PathPart.checked(String(part), called: what))
            } catch {
                throw IDRError(
                    error.code, "the path \"\(ZarrText.shown(path, 80))\" of \(what) is refused", because: error.reason,
                    fix: "check where the image comes from")
            }
        }
        return key(parent, parts.joined(separator: "/"))
    }

    static func key(_ parent: String, _ name: String) -> String { parent.isEmpty ? name : "\(parent)/\(name)" }
}
