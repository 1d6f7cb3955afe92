import ArgumentParser
import IDRKit
import IDRPlan
import IDRScreens

/// Where screens are taken from; what every command takes that reads one.
struct SourceArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Folder with the study's tables and images, instead of the IDR.", valueName: "folder"))
    var mirror: String?

    @Option(
        help: ArgumentHelp(
            "Where pixels come from, best first: \(PixelSource.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "names"),
        transform: SourceList.init)
    var sources: SourceList?

    @Flag(help: "Use only what the cache holds; ask no server.")
    var offline = false

    @Flag(help: "Ask for everything again, also for what the cache holds.")
    var refresh = false

    func validate() throws {
        if offline, refresh { throw ValidationError("--offline and --refresh exclude each other") }
    }

    /// These words over the environment and the configuration file, for commands without a script.
    func complete() throws -> Access { (access ?? Access()).over(try .configured()) }

    var access: Access? {
        var access = Access(mirror: mirror, sources: sources?.values)
        if sources?.values.contains(.aspera) == true { access.aspera = AsperaAccess(isOn: true) }
        access.freshness = offline ? .offline : refresh ? .refresh : nil
        return access == Access() ? nil : access
    }
}

/// Sources of pixels, separated by commas.
struct SourceList {
    let values: [PixelSource]

    init(_ text: String) throws {
        values = try text.split(separator: ",").map {
            guard let value = PixelSource(rawValue: String($0)) else {
                throw ValidationError("'\($0)' is no source; choose from \(PixelSource.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return value
        }
    }
}
