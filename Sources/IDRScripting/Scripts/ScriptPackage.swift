import Foundation
package import IDRPlan
import IDRTransfer

/// A Swift package that a script needs besides IDRKit. A comment at the script's top says so:
///
///     // idrscript: package https://github.com/apple/swift-numerics 1.1.1 Numerics
///
/// The version is exact, so that the script means the same package everywhere.
package struct ScriptPackage: Hashable {
    package let address: String
    package let version: String
    /// Library products of it, one or more.
    package let products: [String]

    /// What SwiftPM calls it.
    package var identity: String {
        let name = address.split(separator: "/").last.map(String.init) ?? address
        return (name.hasSuffix(".git") ? String(name.dropLast(4)) : name).lowercased()
    }

    /// The packages that the script `text` names, in its order.
    /// - Throws: an ``IDRError`` with the line, where one is not written as above or stands below the first line of code.
    package static func named(in text: String, path: String) throws(IDRError) -> [ScriptPackage] {
        var packages: [ScriptPackage] = []
        var (isHeader, isInBlock) = (true, false)
        // CR and LF are one character to Swift.
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            // A licence may stand above, in comments of either kind.
            if isHeader, line.hasPrefix("/*") { isInBlock = true }
            if isInBlock {
                isInBlock = !line.contains("*/")
                continue
            }
            isHeader = isHeader && (line.isEmpty || line.hasPrefix("//"))
            guard let directive = line.wholeMatch(of: /\/\/\s*idrscript:\s*package(?:\s(.*))?/) else { continue }
            func refuse(_ reason: String) -> IDRError {
                IDRError(
                    .invalidInput, "the script's package cannot be read", at: ["\(path):\(index + 1)"], because: reason,
                    fix: "write it at the script's top as  // idrscript: package https://host/name 1.2.3 Product")
            }
            guard isHeader else { throw refuse("it stands below the first line of code") }
            let words = (directive.1 ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count >= 3 else { throw refuse("an address, a version and a product are needed") }
            let package = ScriptPackage(address: words[0], version: words[1], products: Array(words.dropFirst(2)))
            if let reason = try package.problem(besides: packages) { throw refuse(reason) }
            packages.append(package)
        }
        return packages
    }

    private func problem(besides others: [ScriptPackage]) throws(IDRError) -> String? {
        guard address.hasPrefix("https://") else { return "packages come over https" }
        do throws(IDRError) { _ = try RemoteURL(address) } catch { return error.reason }
        guard version.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?/) != nil else { return "'\(version)' is no exact version like 1.2.3" }
        if let odd = products.first(where: { $0.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.-]*/) == nil }) { return "'\(odd)' is no product's name" }
        if others.contains(where: { $0.identity == identity }) { return "\(identity) is named twice" }
        return identity == "idrkit" ? "IDRKit is there already" : nil
    }
}
