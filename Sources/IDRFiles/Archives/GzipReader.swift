import Foundation
package import IDRPlan

/// A gzip file that is unpacked piece by piece: memory does not grow with the file.
package struct GzipReader: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private let block: UnsafeMutableRawBufferPointer
    private var decoder: GzipDecoder

    /// - Parameter limit: the most bytes that may come out; see ``Gzip/decompress(_:limit:called:)``.
    package init(file path: String, limit: Int) throws(IDRError) {
        let decoder = try GzipDecoder(limit: limit, called: path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure.error("\(path) cannot be opened", at: path, errno: errno) }
        self.path = path
        self.descriptor = descriptor
        block = .allocate(byteCount: 1 << 16, alignment: 16)
        self.decoder = decoder
    }

    deinit {
        close(descriptor)
        block.deallocate()
    }

    /// The next bytes of what the file holds; nil after the last.
    /// - Throws: ``IDRError`` where the file is not gzip, damaged, truncated, or holds too much.
    package mutating func next() throws(IDRError) -> [UInt8]? {
        while true {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure.error("\(path) cannot be read", at: path, errno: errno) }
            if count == 0 {
                try decoder.checkEnd()
                return nil
            }
            try decoder.append(UnsafeRawBufferPointer(rebasing: block[..<count]))
            let piece = decoder.take()
            if !piece.isEmpty { return piece }
        }
    }
}
