/// Where things are in the sandbox: the same places on every machine, so that none of this machine's are known there.
enum Inside {
    static let toolchain = "/toolchain"
    static let library = "/idrkit/lib"
    static let modules = "/idrkit/modules"
    static let mainObjects = "/idrkit/main"
    static let models = "/idrkit/models"
    static let runtime = "/idrkit/onnxruntime"
    static let program = "/idrkit/bin/script"
    static let source = "/idrkit/source.swift"
    static let lock = "/idrkit/idr.lock"
    static let record = "/idrkit/record"
    /// Files that the person lets the script have.
    static let exposed = "/exposed"
    /// Where the compiler works.
    static let work = "/work"
    /// The script's current folder.
    static let current = "/script"
    static let results = "/results"
    static let report = "/report"
    /// The descriptor of the socket to the broker.
    static let broker: Int32 = 3
}
