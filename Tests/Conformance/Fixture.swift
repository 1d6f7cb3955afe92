import Foundation
import IDRData
import IDRImaging
import IDRPlan

/// An HDF5 file of the fixtures; every read happens on HDF5's own queue.
struct Fixture: Sendable {
    let path: String
    var name: String { URL(fileURLWithPath: path).lastPathComponent }

    func children(of group: String = "/") async throws -> [String] {
        try await HDF5Actor.run { try HDF5File(reading: path).children(of: group) }
    }

    func exists(_ object: String) async throws -> Bool {
        try await HDF5Actor.run { try HDF5File(reading: path).exists(object) }
    }

    func read<T: HDF5Scalar>(_ dataset: String, as type: T.Type = T.self) async throws -> [T] {
        try await HDF5Actor.run { try HDF5File(reading: path).read(dataset, as: type) }
    }

    func shape(_ dataset: String) async throws -> [Int] {
        try await HDF5Actor.run { try HDF5File(reading: path).info(of: dataset).shape }
    }

    func type(_ dataset: String) async throws -> HDF5ScalarType? {
        try await HDF5Actor.run { try HDF5File(reading: path).info(of: dataset).type }
    }

    func number(_ attribute: String, of object: String) async throws -> Double? {
        try await numbers(attribute, of: object)?.first
    }

    func numbers(_ attribute: String, of object: String) async throws -> [Double]? {
        try await HDF5Actor.run {
            let file = try HDF5File(reading: path)
            return file.hasAttribute(attribute, of: object) ? try file.attribute(attribute, of: object, as: Double.self) : nil
        }
    }

    func text(_ attribute: String, of object: String = "/") async throws -> String? {
        try await HDF5Actor.run {
            let file = try HDF5File(reading: path)
            return file.hasAttribute(attribute, of: object) ? try file.attributeStrings(attribute, of: object).first : nil
        }
    }

    func attributes(of object: String) async throws -> [String] {
        try await HDF5Actor.run { try HDF5File(reading: path).attributeNames(of: object) }
    }

    /// A two-dimensional dataset.
    func plane<T: HDF5Scalar>(_ dataset: String, as type: T.Type = T.self) async throws -> Plane<T> {
        let shape = try await shape(dataset)
        guard shape.count == 2 else { throw IDRError(.invalidInput, "\(dataset) of \(name) is not a plane", because: "its shape is \(shape)") }
        return Plane(height: shape[0], width: shape[1], pixels: try await read(dataset, as: type))
    }

    /// A three-dimensional dataset as a list of planes.
    func planes<T: HDF5Scalar>(_ dataset: String, as type: T.Type = T.self) async throws -> [Plane<T>] {
        let shape = try await shape(dataset)
        guard shape.count >= 2 else { throw IDRError(.invalidInput, "\(dataset) of \(name) is no stack", because: "its shape is \(shape)") }
        let values = try await read(dataset, as: type)
        let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
        return stride(from: 0, to: values.count, by: height * width).map {
            Plane(height: height, width: width, pixels: Array(values[$0..<$0 + height * width]))
        }
    }
}

/// HDF5 files directly in a folder, sorted by name.
func fixtures(in folder: String) -> [Fixture] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return names.filter { $0.hasSuffix(".h5") }.map { Fixture(path: "\(folder)/\($0)") }
}
