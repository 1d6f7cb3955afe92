import Foundation
import IDRFiles
import IDRPlan

/// A TIFF file on the disk, open for reading: libtiff gets the parts it asks for, so one page of a long movie costs one page.
/// (Mapping the file into memory would end the program where another one truncates it.)
final class TIFFDisk: TIFFStream {
    private let descriptor: Int32
    private let size: Int

    /// - Throws: ``IDRError``: there is no such file, it is none, or may not be read.
    init(_ path: String) throws(IDRError) {
        let opened = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            if errno == ENOENT || errno == ENOTDIR {
                throw IDRError(.missing, "there is no file \(path)", fix: "check the path, or fetch the file")
            }
            throw SystemFailure.error("\(path) cannot be read", at: path, errno: errno)
        }
        var status = stat()
        let isFile = fstat(opened, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        (descriptor, size) = (opened, Int(status.st_size))
        super.init()
        guard isFile else { throw IDRError(.invalidInput, "\(path) is not a file") }
    }

    deinit { close(descriptor) }

    override var length: Int { size }

    override func read(_ target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        var done = 0
        while done < target.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return -1 }
            if count == 0 { break }
            done += count
        }
        return done
    }
}
