// swift-tools-version: 6.2
import PackageDescription

// A script as an executable of a package of its own:
//   IDRKIT_MODELS=../../.idrkit/models swift run -c release controls
// IDRKIT_MODELS names the folder of the weights that IDRKit's `make setup` fetches, and IDRKIT_ONNXRUNTIME, where the system has none,
// its libonnxruntime.so; of an installed IDRKit these are PREFIX/share/idrkit/models and PREFIX/lib/idrkit.
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
