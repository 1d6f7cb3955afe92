import Foundation
import IDRFiles
package import IDRPlan

extension DeepProfilerConfig {
    /// Reads DeepProfiler's JSON configuration.
    /// - Throws: ``IDRError`` where the file is missing, not JSON, or asks for something that is not supported.
    package init(reading path: String) throws(IDRError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw IDRError(.missing, "the DeepProfiler configuration \(path) cannot be read", fix: "check the path")
        }
        do {
            self = try JSONDecoder().decode(DeepProfilerConfig.self, from: data)
        } catch let error as IDRError {
            throw error.at([path])
        } catch {
            throw IDRError(.invalidInput, "the DeepProfiler configuration is not JSON", at: [path], because: "\(error)")
        }
    }

    /// Where the weights that the configuration at `path` names are looked for: next to it. nil where it names none.
    /// - Throws: ``IDRError`` where the name is a path, which could lead anywhere.
    package func checkpointPath(besideConfiguration path: String) throws(IDRError) -> String? {
        guard let checkpoint else { return nil }
        let name = try PathPart.checked(checkpoint, called: "the configuration's checkpoint")
        return URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
