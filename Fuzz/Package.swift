// swift-tools-version: 6.2
import PackageDescription

// Our own parsers of foreign bytes, fed by libFuzzer: make fuzz. A package of its own, for it carries flags that IDRKit's must not; its rooms are
// IDRKit's (Rooms is a link), compiled so that libFuzzer sees which branches an input takes.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library", "-enable-testing"]),
]

func c(_ name: String, pkgConfig: String? = nil) -> Target { .systemLibrary(name: name, path: "Rooms/C/\(name)", pkgConfig: pkgConfig) }

func room(_ name: String, uses: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: uses, path: "Rooms/\(name)", swiftSettings: settings)
}

let package = Package(
    name: "Fuzz",
    targets: [
        c("CHDF5", pkgConfig: "hdf5"), c("COpenBLAS", pkgConfig: "openblas"), c("CCrypto", pkgConfig: "libcrypto"), c("CZlib", pkgConfig: "zlib"),
        c("CZip", pkgConfig: "libzip"), c("CZstd", pkgConfig: "libzstd"), c("CBlosc", pkgConfig: "blosc"), c("CTIFF", pkgConfig: "libtiff-4"),
        c("CYAML", pkgConfig: "yaml-0.1"), c("CLinux"),
        .target(name: "CReader", path: "Rooms/C/CReader"),
        room("IDRPlan", uses: []),
        room("IDRImaging", uses: ["IDRPlan", "COpenBLAS"]),
        room("IDRFiles", uses: ["IDRPlan", "CCrypto", "CZlib", "CZip", "CYAML", "CLinux"]),
        room("IDRHDF5", uses: ["IDRFiles", "IDRPlan", "CHDF5"]),
        room("IDRFormats", uses: ["IDRHDF5", "IDRFiles", "IDRImaging", "IDRPlan", "CReader", "CTIFF", "CZlib", "CZstd", "CBlosc"]),
        room("IDRRecord", uses: ["IDRFiles", "IDRPlan"]),
        .executableTarget(
            name: "fuzz", dependencies: ["IDRPlan", "IDRFiles", "IDRHDF5", "IDRFormats", "IDRImaging", "IDRRecord"], swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
    ]
)
