import Foundation
import IDRFiles
package import IDRPlan

/// The machine and the libraries that decide a run's bits: `environment.json`. Names of hosts, users and folders are left out on purpose,
/// and of the environment's variables only those of ``recordedVariables`` are kept.
package struct RunEnvironment: Codable, Sendable, Hashable {
    package var format = 1
    package var idrkit: CodeRecord
    /// The compiler that built IDRKit.
    package var swift: String
    /// The compiler that built the script, as it names itself.
    package var compiler: String?
    package var compilerFlags: [String]
    /// Packages that the script was built with besides IDRKit, sorted by address; nil: it names none, or was built elsewhere.
    package var packages: [PackageRecord]?
    /// Shared libraries that decode or compute, sorted by name.
    package var libraries: [LibraryRecord]
    package var operatingSystem: String
    package var kernel: String
    package var processor: String
    /// Instruction sets that the numeric libraries choose by: `avx2 fma ...`, sorted.
    package var instructionSets: [String]
    package var cores: Int
    /// The processor type that OpenBLAS chose its kernels for.
    package var openBLASCore: String
    /// The process's locale, `C` where none is set.
    package var locale: String
    package var variables: [String: String]

    package init(
        idrkit: CodeRecord, swift: String, compiler: String?, compilerFlags: [String], packages: [PackageRecord]? = nil, libraries: [LibraryRecord],
        operatingSystem: String,
        kernel: String, processor: String, instructionSets: [String], cores: Int, openBLASCore: String, locale: String, variables: [String: String]
    ) {
        self.idrkit = idrkit
        self.swift = swift
        self.compiler = compiler
        self.compilerFlags = compilerFlags
        self.packages = packages
        self.libraries = libraries
        self.operatingSystem = operatingSystem
        self.kernel = kernel
        self.processor = processor
        self.instructionSets = instructionSets
        self.cores = cores
        self.openBLASCore = openBLASCore
        self.locale = locale
        self.variables = variables
    }

    /// Whether rows that were computed here can stand beside rows that were computed in `other`: the same code, libraries and instruction sets.
    package func computes(as other: RunEnvironment) -> Bool {
        (idrkit, libraries, instructionSets, openBLASCore) == (other.idrkit, other.libraries, other.instructionSets, other.openBLASCore)
            && variables["GLIBC_TUNABLES"] == other.variables["GLIBC_TUNABLES"]
    }

    /// Variables that can change numbers or how they are written. Their values are recorded, with the user's folder taken out.
    package static let recordedVariables: Set<String> = [
        "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_NUMERIC", "TZ", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS",
        "GOTO_NUM_THREADS",
        "HDF5_DISABLE_VERSION_CHECK", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES", "SOURCE_DATE_EPOCH",
    ]
}

extension RunEnvironment: StoredValue {
    package static var readableFormats: ClosedRange<Int> { 1...1 }
}

/// A shared library that was loaded.
package struct LibraryRecord: Codable, Sendable, Hashable {
    /// The file's name without its folder.
    package var name: String
    /// As the library says it, where it does.
    package var version: String?
    package var sha256: Digest

    package init(name: String, version: String? = nil, sha256: Digest) {
        self.name = name
        self.version = version
        self.sha256 = sha256
    }
}
