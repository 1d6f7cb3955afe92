// swift-tools-version: 6.2
import PackageDescription

/// One language mode for every room: Swift 6, and async functions stay on their caller's actor unless they say otherwise.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A system library as a target of its own; `name` is its folder in Sources/C.
func c(_ name: String, pkgConfig: String? = nil, apt: String? = nil) -> Target {
    .systemLibrary(name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: apt.map { [.apt([$0])] })
}

func room(_ name: String, uses: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: uses, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, uses: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: uses, resources: resources, swiftSettings: settings)
}

/// The rooms, lowest first: each uses only rooms below it.
let package = Package(
    name: "IDRKit",
    products: [
        // Scripts link the dynamic form; packages that depend on IDRKit take whichever they need.
        .library(name: "IDRKit", type: .dynamic, targets: ["IDRKit"]),
        // For scripts that are executables of another package: IDRKit, and what happens to an error at their top level.
        .library(name: "IDRScript", targets: ["IDRKit", "IDRScriptMain"]),
        .executable(name: "idrscript", targets: ["idrscript"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        c("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
        c("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        c("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        c("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        c("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
        c("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        c("CBlosc", pkgConfig: "blosc", apt: "libblosc-dev"),
        c("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        c("CTIFF", pkgConfig: "libtiff-4", apt: "libtiff-dev"),
        c("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        c("CONNXRuntime"),

        room("IDRPlan", uses: []),
        room("IDRImaging", uses: ["IDRPlan", "COpenBLAS"]),
        room("IDRData", uses: ["IDRImaging", "IDRPlan", "CHDF5", "CCrypto", "CZlib", "CZip", "CTIFF", "CCurl", "CZstd", "CBlosc"]),
        room(
            "IDRModels", uses: ["IDRData", "IDRImaging", "IDRPlan", "CONNXRuntime"],
            resources: [.copy("Resources/nuclei-small"), .copy("Resources/efficientnet-lite0")]),
        room("IDRTables", uses: ["IDRData", "IDRImaging", "IDRPlan"]),

        room("IDRProvenance", uses: ["IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan"]),
        room("IDRNotebook", uses: ["IDRProvenance", "IDRTables", "IDRData", "IDRImaging", "IDRPlan", "CPNG"]),
        room("IDRKit", uses: ["IDRNotebook", "IDRProvenance", "IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan"]),
        // Linked statically into every script: what happens to an error that reaches its top level.
        .target(name: "CScriptMain", path: "Sources/C/CScriptMain"),
        room("IDRScriptMain", uses: ["CScriptMain", "IDRKit", "IDRPlan"]),
        .executableTarget(
            name: "idrscript",
            dependencies: [
                "IDRKit", "IDRNotebook", "IDRProvenance", "IDRModels", "IDRData", "IDRPlan",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "FlyingFox", package: "FlyingFox"),
            ], swiftSettings: settings),

        // Scripts can be executables of a package too: swift run mitocheck-controls.
        .executableTarget(
            name: "mitocheck-controls", dependencies: ["IDRKit", "IDRScriptMain"], path: "scripts",
            exclude: ["idr-stream-controls.swift", "phenotypes.swift", "two-channels.swift"], sources: ["mitocheck-controls.swift"],
            swiftSettings: settings),

        // What the tests, the conformance program and the benchmarks share.
        .target(
            name: "TestSupport", dependencies: ["IDRProvenance", "IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan"], path: "Tests/Support",
            swiftSettings: settings),
        // Agreement with the original programs over any folder of fixtures: make conformance FIXTURES=dir.
        .executableTarget(
            name: "conformance", dependencies: ["IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan", "TestSupport"],
            path: "Tests/Conformance", swiftSettings: settings),
        // What README's performance table says: make bench.
        .executableTarget(
            name: "benchmarks",
            dependencies: ["IDRNotebook", "IDRProvenance", "IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan", "TestSupport"],
            path: "Benchmarks", swiftSettings: settings),

        tests("IDRPlanTests", uses: ["IDRPlan", "IDRData"]),
        tests("IDRImagingTests", uses: ["IDRImaging", "IDRData", "IDRPlan", "TestSupport"]),
        tests("IDRDataTests", uses: ["IDRData", "IDRImaging", "IDRPlan", "CHDF5", "CZlib", "CZstd", "CBlosc", "TestSupport"]),
        tests("IDRModelsTests", uses: ["IDRModels", "IDRData", "IDRImaging", "IDRPlan", "CONNXRuntime", "TestSupport"]),
        tests("IDRTablesTests", uses: ["IDRTables", "IDRData", "IDRPlan", "TestSupport"]),
        tests(
            "IDRProvenanceTests", uses: ["IDRProvenance", "IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan", "TestSupport"]),
        tests(
            "IDRKitTests", uses: ["IDRKit", "IDRProvenance", "IDRTables", "IDRModels", "IDRData", "IDRImaging", "IDRPlan", "TestSupport"]),
        tests("IDRNotebookTests", uses: ["IDRNotebook", "IDRProvenance", "IDRData", "IDRImaging", "IDRPlan", "IDRTables", "CPNG", "TestSupport"]),
        // The command line as a person meets it: these start the built programs.
        tests("IDRScriptTests", uses: ["IDRNotebook", "IDRProvenance", "IDRData", "IDRPlan", "TestSupport"]),
    ]
)
