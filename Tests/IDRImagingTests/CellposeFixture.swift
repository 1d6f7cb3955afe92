import Foundation
import IDRHDF5
import IDRImaging

/// Reads the fixture of the original Cellpose's inputs and outputs.
enum CellposeFixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/segmentation_illumination").path

    @HDF5Actor
    static func values<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self) throws -> [T] {
        try HDF5File(reading: folder + "/cellpose.h5").read(name, as: T.self)
    }

    /// A dataset `[y, x]`, or plane `index` of a dataset `[index, y, x]`.
    @HDF5Actor
    static func plane<T: HDF5Scalar>(_ name: String, as type: T.Type = T.self, index: Int = 0) throws -> Plane<T> {
        let file = try HDF5File(reading: folder + "/cellpose.h5")
        let size = try file.info(of: name).shape.suffix(2)
        let (height, width) = (size[size.startIndex], size[size.startIndex + 1])
        let values = try file.read(name, as: T.self)
        return Plane(height: height, width: width, pixels: Array(values[(index * height * width)..<((index + 1) * height * width)]))
    }

    @HDF5Actor
    static func labels(_ name: String) throws -> LabelImage { try plane(name, as: Int32.self) }

    @HDF5Actor
    static func attribute<T: HDF5Scalar>(_ name: String, of object: String, as type: T.Type = T.self) throws -> [T] {
        try HDF5File(reading: folder + "/cellpose.h5").attribute(name, of: object, as: T.self)
    }

    @HDF5Actor
    static func shape(_ name: String) throws -> [Int] { try HDF5File(reading: folder + "/cellpose.h5").info(of: name).shape }

    @HDF5Actor
    static func exists(_ name: String) throws -> Bool { try HDF5File(reading: folder + "/cellpose.h5").exists(name) }

    @HDF5Actor
    static func prediction(_ group: String) throws -> Cellpose.Prediction {
        try Cellpose.Prediction(
            flowY: plane(group + "/dP", index: 0), flowX: plane(group + "/dP", index: 1), cellProbability: plane(group + "/cellprob"))
    }

    /// The post-processing cases that begin with flows.
    static let flowCases = [
        "bad_flows", "dense_niter73", "dense_nointerp", "dense_touching", "edge_touching", "empty", "one_large", "sparse", "tiny", "too_large",
    ]

    @HDF5Actor
    static func options(_ group: String) throws -> Cellpose.MaskOptions {
        var options = Cellpose.MaskOptions(iterations: Int(try attribute("niter", of: group, as: Int64.self)[0]))
        options.interpolated = try attribute("interp", of: group, as: UInt8.self)[0] != 0
        return options
    }
}
