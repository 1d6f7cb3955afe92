import CCrypto
import Foundation
package import IDRPlan

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece, by OpenSSL's libcrypto.
///
/// A ``Digest`` is written as `sha256sum` prints it.
package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// Whether OpenSSL is ready. Asked before anything uses it, libcurl too: the first call decides how it ends.
    package static let isReady = idrkit_crypto_begin() == 1

    package init() throws(IDRError) {
        guard Self.isReady, let context = EVP_MD_CTX_new() else { throw SHA256.failure }
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw SHA256.failure
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Takes in the next `bytes`.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(IDRError) {
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw SHA256.failure }
    }

    /// Takes in the bytes of `values` as they are in memory: little-endian on the machines that IDRKit runs on.
    package mutating func update<Value: BitwiseCopyable>(values: some Collection<Value>) throws(IDRError) {
        let done: Result<Void, IDRError>? = values.withContiguousStorageIfAvailable { buffer in
            do throws(IDRError) { return .success(try update(UnsafeRawBufferPointer(buffer))) } catch { return .failure(error) }
        }
        guard let done else { return try update(values: Array(values)) }
        try done.get()
    }

    /// The digest of all bytes taken in.
    package consuming func finish() throws(IDRError) -> Digest {
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw SHA256.failure }
        guard let digest = Digest(bytes: digest) else { throw SHA256.failure }
        return digest
    }

    /// The digest of `bytes`.
    package static func digest(of bytes: [UInt8]) throws(IDRError) -> Digest {
        var sum = try SHA256()
        try bytes.withUnsafeBufferPointer { buffer throws(IDRError) in try sum.update(UnsafeRawBufferPointer(buffer)) }
        return try sum.finish()
    }

    /// The digest of the bytes of `values`, little-endian.
    package static func digest<Value: BitwiseCopyable>(ofValues values: some Collection<Value>) throws(IDRError) -> Digest {
        var sum = try SHA256()
        try sum.update(values: values)
        return try sum.finish()
    }

    /// The digest of `text` in UTF-8.
    package static func digest(of text: String) throws(IDRError) -> Digest { try digest(of: Array(text.utf8)) }

    /// The digest of the file at `path`, which is read in blocks.
    package static func digest(ofFile path: String) throws(IDRError) -> Digest { try content(ofFile: path).sha256 }

    /// Length and digest of the file at `path`: of the same bytes, whatever becomes of the file meanwhile.
    package static func content(ofFile path: String) throws(IDRError) -> (bytes: Int, sha256: Digest) {
        var sum = try SHA256()
        var bytes = 0
        try FileBlocks.forEach(of: path) { block throws(IDRError) in
            try sum.update(block)
            bytes += block.count
        }
        return (bytes, try sum.finish())
    }

    private static var failure: IDRError {
        IDRError(.system, "SHA-256 cannot be computed", because: "libcrypto refuses it", fix: "check the OpenSSL set-up")
    }
}

/// A file read front to back in blocks that share one buffer.
enum FileBlocks {
    static func forEach(of path: String, _ body: (UnsafeRawBufferPointer) throws(IDRError) -> Void) throws(IDRError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure.error("\(path) cannot be opened", at: path, errno: errno) }
        defer { close(descriptor) }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { block.deallocate() }
        while true {
            let count = read(descriptor, block.baseAddress, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure.error("\(path) cannot be read", at: path, errno: errno) }
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }
}
