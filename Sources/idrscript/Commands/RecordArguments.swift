import ArgumentParser
import Foundation
import IDRFiles
import IDRRecord

/// What every command that reads a record takes.
struct RecordArguments: ParsableArguments {
    @Argument(
        help: ArgumentHelp("A run's folder, a published record, or a .zip that `idrscript bundle` made.", valueName: "record"), completion: .directory
    )
    var path: String
}

/// What the commands take that pass a record on.
struct SharingArguments: ParsableArguments {
    @Flag(help: "Take a record in which batches are missing or failed.")
    var partial = false

    @Option(help: ArgumentHelp("Sign the record with this SSH key.", valueName: "key"), completion: .file())
    var sign: String?

    /// Signs the complete record in `folder` where that is wanted.
    func finish(_ folder: String) throws {
        guard let sign else { return }
        try RecordSignature.sign(record: folder, key: sign)
    }
}

/// Says something on standard error that does not stop the command.
func warn(_ text: String) { StandardError.write("warning: \(text)\n") }
