/// The bytes of a TIFF file in memory. What is written here never touches the disk, so a file is written by ``AtomicFile`` alone
/// and a failure of the disk is told apart from one of the format.
final class TIFFMemory: TIFFStream {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    override var length: Int { bytes.count }

    override func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        bytes.withUnsafeBytes { bytes in
            let part = bytes.dropFirst(offset).prefix(target.count)
            target.copyBytes(from: part)
            return part.count
        }
    }

    override func write(_ source: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        let end = offset + source.count
        if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
        bytes.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset..<end]).copyMemory(from: source) }
        return true
    }
}
