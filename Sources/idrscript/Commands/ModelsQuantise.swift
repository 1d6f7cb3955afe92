import ArgumentParser
import IDRComparison
import IDRFiles
import IDRKit
import IDRPlan

extension Models {
    struct Quantise: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a Cellpose network in 8-bit whole numbers, for .segment(precision: .int8).",
            usage: "idrscript models quantise <network> --calibrate <images> ... --output <file> [--check <images> ...] [--diameter <pixels>]",
            discussion: """
                The network of whole numbers takes less than half the time of the one of floats, and gives the same numbers on every x86-64
                processor. How large its numbers get is seen on images: of the kind that it will be used on, a dozen are enough. They are .tif or
                .ch5 files, or folders of them, such as a run that kept its frames (idrscript run ... --keep frames); of each, up to
                \(NetworkQuantising.imagesOfASet) images are looked at. A card is written beside the file, with the agreement of both networks on each set of images.

                EXAMPLES
                  idrscript models quantise nuclei-2 --calibrate runs/screen -o nuclei-2.int8.onnx
                  idrscript models quantise cyto.pth --calibrate wells --check other-wells --diameter 40 -o cyto.int8.onnx
                  idrscript models add my-nuclei nuclei.pth size_nuclei.npy nuclei.int8.onnx
                """)

        @Argument(help: "A named model, or the path of a Cellpose network (.pth).")
        var network: String

        @Option(parsing: .upToNextOption, help: ArgumentHelp("Images to calibrate with.", valueName: "images"), completion: .file())
        var calibrate: [String]

        @Option(parsing: .upToNextOption, help: ArgumentHelp("Further images to compare on.", valueName: "images"), completion: .file())
        var check: [String] = []

        @Option(help: ArgumentHelp("Diameter of a nucleus; without it, each image's is estimated.", valueName: "pixels"))
        var diameter: Double?

        @Option(help: ArgumentHelp("Channel of .ch5 files that shows nuclei, from 1.", valueName: "number"))
        var channel = 1

        @Option(name: .shortAndLong, help: ArgumentHelp("The file to write: its name ends with .int8.onnx.", valueName: "file"), completion: .file())
        var output: String

        func validate() throws {
            if let diameter, !Segmentation.diameters.contains(diameter) {
                let range = Segmentation.diameters
                throw ValidationError("--diameter is \(range.lowerBound) to \(range.upperBound) pixels")
            }
        }

        func run() async throws {
            let quantising = NetworkQuantising(network: network, calibration: calibrate, checks: check, channel: channel, diameter: diameter)
            let made = try await quantising.write(to: output) { StandardError.write("\($0)\n") }
            print("written  \(output)\n  sha256 \(made.file.sha256)\ncard     \(made.cardPath)")
            let rows = made.agreements.map { set in
                [set.name, "\(set.images)", "\(set.nuclei)", PeopleText.decimal(set.f1, 4), PeopleText.decimal(set.worst, 4)]
            }
            for line in TextTable.lines(["images", "number", "nuclei", "mean F1", "lowest"], rows) { print(line) }
            print("in a script: .segment(model: .path(\"\(output)\"), precision: .int8)")
        }
    }
}
