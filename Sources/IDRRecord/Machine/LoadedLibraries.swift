import Foundation
import IDRPlan

/// The shared libraries of this process that decode or compute: their bytes can change a run's bits. Those that only carry bytes
/// (TLS, name services, authentication) are left out, for everything that they carry is known by digest.
package enum LoadedLibraries {
    private static let computing = [
        "hdf5", "sz", "aec", "openblas", "gfortran", "quadmath", "gomp", "onnxruntime", "curl", "crypto", "zip", "z", "tiff", "jpeg", "deflate",
        "lzma", "jbig", "webp", "Lerc", "blosc", "zstd", "lz4", "snappy", "c", "m", "stdc++", "gcc_s", "swiftCore", "Foundation",
        "FoundationEssentials", "FoundationInternationalization",
    ]

    /// Paths of the libraries, each once, sorted by file name.
    package static func paths() -> [String] {
        let files = Set(lines(of: "/proc/self/maps").compactMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } })
        return files.filter { computing.contains(stem(of: lastName($0))) }.sorted { lastName($0) < lastName($1) }
    }

    /// Foundation stops at the first piece that the kernel gives of such a file.
    private static func lines(of path: String) -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var (line, capacity): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
        defer { free(line) }
        var lines: [String] = []
        while getline(&line, &capacity, file) > 0, let line { lines.append(String(cString: line).trimmingCharacters(in: .newlines)) }
        return lines
    }

    /// `libz.so.1.2.13` is `z`, `libc-2.31.so` is `c`, `libhdf5_serial.so.103` is `hdf5`; empty for files that are no libraries.
    package static func stem(of name: String) -> String {
        guard name.hasPrefix("lib"), name.contains(".so") else { return "" }
        let base = name.dropFirst(3).prefix { $0 != "." }
        for suffix in ["_serial", "_serial_hl", "_hl", "p-r0"] where base.hasSuffix(suffix) { return String(base.dropLast(suffix.count)) }
        return String(base.prefix { $0 != "-" })
    }

    package static func lastName(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
