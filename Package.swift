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

/// Tests of a room may look into every room: what they set up often comes from above.
func tests(of room: String, and others: [Target.Dependency] = []) -> Target {
    .testTarget(name: room + "Tests", dependencies: rooms.map { .init(stringLiteral: $0) } + ["TestSupport"] + others, swiftSettings: settings)
}

/// What tests, conformance and benchmarks use.
let rooms = [
    "IDRPlan", "IDRImaging", "IDRFiles", "IDRHDF5", "IDRFormats", "IDRTransfer", "IDRScreens", "IDRModels", "IDRTables", "IDRRecord", "IDRCrate",
    "IDRComparison", "IDRNotebook", "IDRKit",
]

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
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        c("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev"),
        c("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        c("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev"),
        c("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
        c("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
        c("CZip", pkgConfig: "libzip", apt: "libzip-dev"),
        c("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
        c("CBlosc", pkgConfig: "blosc", apt: "libblosc-dev"),
        c("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        c("CTIFF", pkgConfig: "libtiff-4", apt: "libtiff-dev"),
        c("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        c("CONNXRuntime"),
        c("CLinux"),
        // Catches a program that was started anew to be the reader of foreign bytes.
        .target(name: "CReader", path: "Sources/C/CReader"),
        // Layers of networks, compiled for several instruction sets.
        .target(name: "CLayers", path: "Sources/C/CLayers"),

        // What to do, as values that can be encoded and compared: screens, wells, planes, selections, stages, plans. No C, no I/O.
        room("IDRPlan", uses: []),
        // Pure functions over planes: BaSiC, Cellpose's dynamics and outlines, crops. No I/O, no globals.
        room("IDRImaging", uses: ["IDRPlan", "COpenBLAS"]),
        // Files that are whole or not there, locks, digests, archives, CSV, the cache on disk, processes, tasks that are shared.
        room("IDRFiles", uses: ["IDRPlan", "CCrypto", "CZlib", "CZip", "CYAML", "CLinux"]),
        // The checked layer over HDF5: its actor, its driver for bytes that are elsewhere.
        room("IDRHDF5", uses: ["IDRFiles", "IDRPlan", "CHDF5"]),
        // Bytes to planes: CellH5, OME-Zarr, TIFF and OME-TIFF. It does not ask where the bytes are.
        room("IDRFormats", uses: ["IDRHDF5", "IDRFiles", "IDRImaging", "IDRPlan", "CReader", "CTIFF", "CZlib", "CZstd", "CBlosc"]),
        // Bytes from elsewhere: HTTP, FTP, Aspera, beginnings of downloads, objects on servers.
        room("IDRTransfer", uses: ["IDRFiles", "IDRPlan", "CCurl"]),
        // Studies: catalog, conventions, where a well's pixels lie, and the sources that they are read from.
        room("IDRScreens", uses: ["IDRTransfer", "IDRFormats", "IDRHDF5", "IDRFiles", "IDRImaging", "IDRPlan"]),
        // Networks and their weights: ONNX Runtime, importers, the model store.
        room(
            "IDRModels", uses: ["IDRTransfer", "IDRHDF5", "IDRFiles", "IDRImaging", "IDRPlan", "CONNXRuntime", "CLayers"],
            resources: [.copy("Resources/nuclei-small"), .copy("Resources/nuclei-2"), .copy("Resources/efficientnet-lite0")]),
        // Profile tables and their files.
        room("IDRTables", uses: ["IDRHDF5", "IDRFiles", "IDRPlan"]),
        // Records of runs: what is in them, manifests, signatures, verification.
        room("IDRRecord", uses: ["IDRFiles", "IDRPlan"]),
        // A record as an RO-Crate, its seal, publication, bundles, citation.
        room("IDRCrate", uses: ["IDRRecord", "IDRModels", "IDRTables", "IDRTransfer", "IDRFiles", "IDRPlan"]),
        // Two runs beside each other: classes of agreement, verdicts, causes.
        room("IDRComparison", uses: ["IDRRecord", "IDRFiles", "IDRPlan"]),
        // What a person looks at: cells of a script, figures, pages, notebooks.
        room("IDRNotebook", uses: ["IDRComparison", "IDRRecord", "IDRFiles", "IDRImaging", "IDRPlan", "CPNG"]),
        // The DSL and its execution: what a script imports.
        room(
            "IDRKit",
            uses: [
                "IDRNotebook", "IDRComparison", "IDRCrate", "IDRRecord", "IDRTables", "IDRModels", "IDRScreens", "IDRTransfer", "IDRFormats",
                "IDRHDF5", "IDRFiles", "IDRImaging", "IDRPlan",
            ]),
        // Linked statically into every script: what happens to an error that reaches its top level.
        .target(name: "CScriptMain", path: "Sources/C/CScriptMain"),
        room("IDRScriptMain", uses: ["CScriptMain", "IDRKit", "IDRFiles", "IDRPlan"]),
        // What idrscript does with scripts, without a terminal: compile, packages, sandbox, trust, watch, reproduce.
        room(
            "IDRScripting",
            uses: [
                "IDRKit", "IDRNotebook", "IDRComparison", "IDRRecord", "IDRModels", "IDRScreens", "IDRTransfer", "IDRFiles", "IDRPlan",
                .product(name: "FlyingFox", package: "FlyingFox"),
            ]),
        // Commands: arguments and printing only.
        .executableTarget(
            name: "idrscript",
            dependencies: [
                "IDRScripting", "IDRKit", "IDRNotebook", "IDRComparison", "IDRCrate", "IDRRecord", "IDRModels", "IDRScreens", "IDRTransfer",
                "IDRFiles", "IDRPlan",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),

        // Scripts can be executables of a package too: swift run mitocheck-controls.
        .executableTarget(
            name: "mitocheck-controls", dependencies: ["IDRKit", "IDRScriptMain"], path: "scripts",
            exclude: ["idr-stream-controls.swift", "phenotypes.swift", "two-channels.swift"], sources: ["mitocheck-controls.swift"],
            swiftSettings: settings),

        // What the tests, the conformance program and the benchmarks share.
        .target(
            name: "TestSupport",
            dependencies: [
                "IDRCrate", "IDRRecord", "IDRTables", "IDRModels", "IDRScreens", "IDRTransfer", "IDRFormats", "IDRHDF5", "IDRFiles", "IDRImaging",
                "IDRPlan",
            ], path: "Tests/Support", swiftSettings: settings),
        // Agreement with the original programs over any folder of fixtures: make conformance FIXTURES=dir.
        .executableTarget(
            name: "conformance",
            dependencies: ["IDRTables", "IDRModels", "IDRFormats", "IDRHDF5", "IDRFiles", "IDRImaging", "IDRPlan", "TestSupport"],
            path: "Tests/Conformance", swiftSettings: settings),
        // What the tables of a folder of studies say of their screens, beside what is right: make screens STUDIES=dir.
        .executableTarget(
            name: "screens", dependencies: ["IDRScreens", "IDRFiles", "IDRPlan"], path: "Tests/Screens",
            exclude: ["README.md", "expectations.py", "EXPECTED.tsv", "made-up"], sources: ["Screens.swift", "Expectation.swift"],
            swiftSettings: settings),
        // Verifies and compares records with the rooms of records alone: what a reviewer needs is small.
        .executableTarget(
            name: "record-check", dependencies: ["IDRRecord", "IDRComparison", "IDRPlan"], path: "Tests/RecordCheck", swiftSettings: settings),
        // Kills runs, makes their calls fail and cuts the power, and looks at what is left: make torture.
        .executableTarget(
            name: "torture", dependencies: rooms.map { .init(stringLiteral: $0) } + ["IDRScriptMain", "TestSupport"], path: "Tests/Torture",
            exclude: ["Shim"], swiftSettings: settings),
        // What README's performance table says: make bench.
        .target(name: "CPeak", path: "Benchmarks/CPeak"),
        .executableTarget(
            name: "benchmarks", dependencies: rooms.map { .init(stringLiteral: $0) } + ["TestSupport", "CPeak"], path: "Benchmarks",
            exclude: ["CPeak"], swiftSettings: settings),

        tests(of: "IDRPlan"),
        tests(of: "IDRImaging"),
        tests(of: "IDRFiles", and: ["CZlib"]),
        tests(of: "IDRHDF5", and: ["CHDF5"]),
        tests(of: "IDRFormats", and: ["CHDF5", "CZlib", "CZstd", "CBlosc"]),
        tests(of: "IDRTransfer"),
        tests(of: "IDRScreens"),
        tests(of: "IDRModels", and: ["CONNXRuntime"]),
        tests(of: "IDRTables"),
        tests(of: "IDRRecord"),
        tests(of: "IDRCrate"),
        tests(of: "IDRComparison"),
        tests(of: "IDRNotebook", and: ["CPNG"]),
        tests(of: "IDRKit"),
        // The command line as a person meets it: these start the built programs.
        tests(of: "IDRScript"),
    ]
)
