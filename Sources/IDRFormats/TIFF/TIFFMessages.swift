import CTIFF
import Foundation
import Synchronization

/// libtiff reports errors to one function for the whole process: it keeps the first message of each file under way and prints nothing.
enum TIFFMessages {
    private static let messages = Mutex<[UInt: String]>([:])
    private static let areCaught: Void = {
        TIFFSetWarningHandler(nil)
        TIFFSetErrorHandler(nil)
        TIFFSetErrorHandlerExt { address, _, format, arguments in
            guard let address, let format, let arguments else { return }
            var text = [CChar](repeating: 0, count: 512)
            vsnprintf(&text, text.count, format, arguments)
            let message = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // Only addresses that are under way here: another user of libtiff in the process has files of its own.
            messages.withLock { if $0[UInt(bitPattern: address)] == "" { $0[UInt(bitPattern: address)] = "libtiff says: " + message } }
        }
    }()

    static func start(_ address: UnsafeMutableRawPointer) {
        _ = areCaught
        messages.withLock { $0[UInt(bitPattern: address)] = "" }
    }

    static func end(_ address: UnsafeMutableRawPointer) -> String? {
        messages.withLock { $0.removeValue(forKey: UInt(bitPattern: address)) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
