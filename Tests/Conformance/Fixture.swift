import Foundation
import IDRHDF5
import IDRImaging
import IDRPlan

/// An HDF5 file of the fixtures; every read happens on HDF5's own queue.
struct FixtureFile: Sendable {
    let path: String
    var name: String { URL(fileURLWithPath: path).lastPathComponent }
    var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

    var root: FixtureGroup { FixtureGroup(file: self, path: "") }

    /// Every group of the file, the root first, then in the order of their paths.
    func groups() async throws -> [FixtureGroup] {
        let file = try await HDF5Reader(path)
        var found: [FixtureGroup] = []
        var pending = [""]
        while let group = pending.popLast() {
            var (datasets, groups): ([String], [String]) = ([], [])
            for child in try await file.children(of: group.isEmpty ? "/" : group).map({ "\(group)/\($0)" }) {
                if try await file.isDataset(child) { datasets.append(child) } else { groups.append(child) }
            }
            found.append(FixtureGroup(file: self, path: group, datasets: Set(datasets.map(Self.lastPart))))
            pending += groups.reversed()
        }
        return found
    }

    private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
}

/// A group of a fixture file: what is in it tells which case it is.
struct FixtureGroup: Sendable {
    let file: FixtureFile
    /// Empty for the root.
    let path: String
    /// Names of the datasets directly in the group.
    var datasets: Set<String> = []

    /// How reports name the group.
    var name: String { path.isEmpty ? file.name : "\(file.name) \(path.dropFirst())" }
    var lastPart: String { path.split(separator: "/").last.map(String.init) ?? "" }

    func has(_ names: String...) -> Bool { names.allSatisfy(datasets.contains) }

    private func reader() async throws -> HDF5Reader { try await HDF5Reader(file.path) }

    func values<T: HDF5Scalar>(_ dataset: String, as type: T.Type = T.self) async throws -> [T] {
        try await reader().read("\(path)/\(dataset)", as: type)
    }

    func values<T: HDF5Scalar>(_ dataset: String, member: String, as type: T.Type = T.self) async throws -> [T] {
        try await reader().read("\(path)/\(dataset)", member: member, as: type)
    }

    func strings(_ dataset: String, member: String? = nil) async throws -> [String] {
        try await reader().readStrings("\(path)/\(dataset)", member: member)
    }

    func members(of dataset: String) async throws -> [String] { try await reader().info(of: "\(path)/\(dataset)").members }
    func shape(_ dataset: String) async throws -> [Int] { try await reader().info(of: "\(path)/\(dataset)").shape }
    func type(_ dataset: String) async throws -> HDF5ScalarType? { try await reader().info(of: "\(path)/\(dataset)").type }

    /// The numbers of an attribute of the group, or of one of its datasets; nil where there is none.
    func numbers(_ attribute: String, of dataset: String? = nil) async throws -> [Double]? {
        let object = dataset.map { "\(path)/\($0)" } ?? (path.isEmpty ? "/" : path)
        let file = try await reader()
        return try await file.hasAttribute(attribute, of: object) ? file.attribute(attribute, of: object, as: Double.self) : nil
    }

    func number(_ attribute: String, of dataset: String? = nil) async throws -> Double? { try await numbers(attribute, of: dataset)?.first }

    func text(_ attribute: String, of dataset: String? = nil) async throws -> String? {
        let object = dataset.map { "\(path)/\($0)" } ?? (path.isEmpty ? "/" : path)
        let file = try await reader()
        return try await file.hasAttribute(attribute, of: object) ? file.attributeStrings(attribute, of: object).first : nil
    }

    func attributes() async throws -> [String] { try await reader().attributeNames(of: path.isEmpty ? "/" : path) }

    /// The last two dimensions of a dataset: all its planes.
    func planes<T: HDF5Scalar>(_ dataset: String, as type: T.Type = T.self) async throws -> [Plane<T>] {
        let size = try await shape(dataset)
        guard size.count >= 2 else { throw IDRError(.invalidInput, "\(dataset) of \(name) holds no planes", because: "its shape is \(size)") }
        let (height, width) = (size[size.count - 2], size[size.count - 1])
        let values = try await values(dataset, as: type)
        return stride(from: 0, to: values.count, by: max(1, height * width)).map {
            Plane(height: height, width: width, pixels: Array(values[$0..<$0 + height * width]))
        }
    }

    func plane<T: HDF5Scalar>(_ dataset: String, as type: T.Type = T.self) async throws -> Plane<T> {
        guard let plane = try await planes(dataset, as: type).first else { throw IDRError(.invalidInput, "\(dataset) of \(name) is empty") }
        return plane
    }

    func labels(_ dataset: String) async throws -> LabelImage { try await plane(dataset) }
}

/// Files directly in `folder` whose names end in `ending`, sorted: their paths.
func files(in folder: String, ending: String) -> [String] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return names.filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }
}
