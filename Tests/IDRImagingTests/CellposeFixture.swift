import Foundation
import IDRHDF5
import IDRImaging

/// Reads the fixture of the original Cellpose's inputs and outputs.
enum CellposeFixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/segmentation_illumination").path

    static func values<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self) async throws -> [T] {
        try await HDF5Reader(folder + "/cellpose.h5").read(name, as: T.self)
    }

    /// A dataset `[y, x]`, or plane `index` of a dataset `[index, y, x]`.
    static func plane<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self, index: Int = 0) async throws -> Plane<T> {
        let file = try await HDF5Reader(folder + "/cellpose.h5")
        let size = try await file.info(of: name).shape.suffix(2)
        let (height, width) = (size[size.startIndex], size[size.startIndex + 1])
        let values = try await file.read(name, as: T.self)
        return Plane(height: height, width: width, pixels: Array(values[(index * height * width)..<((index + 1) * height * width)]))
    }

    static func labels(_ name: String) async throws -> LabelImage { try await plane(name, as: Int32.self) }

    static func attribute<T: HDF5Scalar>(_ name: String, of object: String, as type: T.Type = T.self) async throws -> [T] {
        try await HDF5Reader(folder + "/cellpose.h5").attribute(name, of: object, as: T.self)
    }

    static func shape(_ name: String) async throws -> [Int] { try await HDF5Reader(folder + "/cellpose.h5").info(of: name).shape }

    static func exists(_ name: String) async throws -> Bool { try await HDF5Reader(folder + "/cellpose.h5").exists(name) }

    static func prediction(_ group: String) async throws -> Cellpose.Prediction {
        try await Cellpose.Prediction(
            flowY: plane(group + "/dP", index: 0), flowX: plane(group + "/dP", index: 1), cellProbability: plane(group + "/cellprob"))
    }

    /// The post-processing cases that begin with flows.
    static let flowCases = [
        "bad_flows", "dense_niter73", "dense_nointerp", "dense_touching", "edge_touching", "empty", "one_large", "sparse", "tiny", "too_large",
    ]

    static func options(_ group: String) async throws -> Cellpose.MaskOptions {
        var options = Cellpose.MaskOptions(iterations: Int(try await attribute("niter", of: group, as: Int64.self)[0]))
        options.interpolated = try await attribute("interp", of: group, as: UInt8.self)[0] != 0
        return options
    }
}
