import ArgumentParser
import Foundation
import IDRKit
import IDRRecord

struct Sign: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign a run's record, or a script, with an SSH key.",
        usage: "idrscript sign <record or script> --key <file>",
        discussion: """
            The signature is OpenSSH's (SSHSIG, made by ssh-keygen): of a record's manifest, which names every file by its SHA-256,
            or of a script. Others check it with a file of allowed signers, a line a person: NAME ssh-ed25519 AAAA...

            EXAMPLES
              idrscript sign runs/idr0013A-6cab01a03b53 --key ~/.ssh/id_ed25519
              idrscript verify runs/idr0013A-6cab01a03b53 --allowed-signers lab-signers
            """)

    @Argument(help: ArgumentHelp("The folder of a run, or a .swift file.", valueName: "record or script"))
    var path: String

    @Option(help: ArgumentHelp("The private key, or the public one where an agent has the private one.", valueName: "file"))
    var key: String

    func run() throws {
        let isScript = path.hasSuffix(".swift")
        if isScript { try RecordSignature.sign(path, key: key, for: .script) } else { try RecordSignature.sign(record: path, key: key) }
        print("signed: \(path)\(isScript ? "" : "/" + RecordLayout.manifest).sig")
    }
}
