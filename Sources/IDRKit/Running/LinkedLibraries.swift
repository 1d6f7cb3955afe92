import IDRData
import IDRImaging
import IDRModels
import IDRPlan

/// The C libraries behind this run, for its record.
enum LinkedLibraries {
    /// Name to version; for ONNX Runtime, which is loaded at run time, with the file's SHA-256.
    static func versions() throws(IDRError) -> [String: String] {
        let runtime = try ONNXRuntime.shared()
        let digest = try SHA256.hex(ofFile: runtime.libraryPath)
        return [
            "HDF5": HDF5Library.version, "OpenBLAS": LinearAlgebra.library, "ONNX Runtime": "\(runtime.version) sha256 \(digest)",
        ]
    }
}
