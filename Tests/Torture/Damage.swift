import Foundation
import IDRFiles

/// What disks, copies and people do to a file.
enum Damage: String, Sendable, CaseIterable {
    case first, middle, last, half, empty, longer, zeros

    func apply(to path: String) throws {
        let url = URL(fileURLWithPath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        switch self {
        case .first where !bytes.isEmpty: bytes[0] ^= 0x20
        case .middle where !bytes.isEmpty: bytes[bytes.count / 2] ^= 0x01
        case .last where !bytes.isEmpty: bytes[bytes.count - 1] ^= 0x80
        case .half: bytes.removeLast(bytes.count / 2)
        case .empty: bytes = []
        case .longer: bytes.append(0x30)
        case .zeros: bytes = [UInt8](repeating: 0, count: bytes.count)
        case .first, .middle, .last: break
        }
        // In place, as a disk does it.
        let handle = try FileHandle(forWritingTo: url)
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }
}
