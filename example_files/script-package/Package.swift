// swift-tools-version: 6.2
import PackageDescription

// A script as an executable of a package of its own: swift run -c release controls
let package = Package(
    name: "controls",
    dependencies: [
        // Elsewhere, name IDRKit by its address and version: .package(url: "...", exact: "...").
        .package(name: "IDRKit", path: "../..")
    ],
    targets: [
        .executableTarget(name: "controls", dependencies: [.product(name: "IDRScript", package: "IDRKit")])
    ]
)
