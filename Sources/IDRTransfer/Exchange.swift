import CCurl
import Foundation
import IDRPlan
import Synchronization

/// What a server says before the body of its answer.
struct AnswerHead: Sendable, Hashable {
    /// HTTP's; of FTP the reply's code (226 after a complete file).
    var status = 0
    /// By lower-case name; of repeated fields the last one. FTP's replies give `content-length` (what is left of the file from where it was
    /// asked for) and `last-modified` (seconds since 1970), where the server tells them.
    var fields: [String: String] = [:]
}

/// Why an exchange did not come to its end.
struct ExchangeFailure: Error, Sendable {
    enum Kind: Sendable {
        /// Time-outs, refused and reset connections, answers that were cut off: worth another try.
        case passing
        case final
        /// An FTP server has no such file.
        case absent
        /// An FTP server does not let us in, or not to this file.
        case denied
        /// An FTP server's file ends before the place where we would go on.
        case beyondEnd
        case cancelled
        /// Thrown by the receiver of the body.
        case receiver(IDRError)
    }
    var kind: Kind
    var reason: String
    /// Whether the server had begun to answer.
    var hasBegun = false
    /// Whether there was not even a connection.
    var isUnreachable = false
}

/// Limits of one exchange, in seconds.
package struct ExchangeLimits: Sendable {
    package var connecting = 20.0
    /// Without a byte for so long, the exchange fails.
    package var stall = 60.0

    package init() {}
}

/// One request and its answer. Made by any task, then touched by the engine's thread alone until its continuation is resumed.
final class Exchange: @unchecked Sendable {  // all mutable state belongs to the engine's thread, see above
    typealias Receiver = @Sendable (AnswerHead, UnsafeRawBufferPointer) throws(IDRError) -> Void

    let url: RemoteURL
    let fields: [String]
    let range: String?
    let limits: ExchangeLimits
    let isHead: Bool
    let isLarge: Bool
    /// Set by the task that waits; also before the engine has seen the exchange.
    let isCancelled = Atomic(false)
    private let receive: Receiver
    private var head = AnswerHead()
    private var receiverFailure: IDRError?
    private var easy: UnsafeMutableRawPointer?
    private var fieldList: UnsafeMutablePointer<curl_slist>?
    private var continuation: CheckedContinuation<AnswerHead, any Error>?

    /// - Parameters:
    ///   - range: `first-last` as curl takes it; `last` may be missing.
    ///   - isLarge: a whole file, which is worth a large buffer and, of FTP, the question how old it is.
    ///   - receive: gets the body piece by piece, with the head of the answer that it belongs to.
    init(
        url: RemoteURL, fields: [String] = [], range: String? = nil, limits: ExchangeLimits, isHead: Bool = false, isLarge: Bool = false,
        receive: @escaping Receiver
    ) {
        self.url = url
        self.fields = fields
        self.range = range
        self.limits = limits
        self.isHead = isHead
        self.isLarge = isLarge
        self.receive = receive
    }

    func begin(_ continuation: CheckedContinuation<AnswerHead, any Error>) { self.continuation = continuation }

    /// Sets up `easy` for this exchange. TLS is always verified, and a redirect never leaves TLS.
    func configure(_ easy: UnsafeMutableRawPointer, authority: String?, netrc: String?) {
        self.easy = easy
        idr_curl_set_text(easy, CURLOPT_URL, url.description)
        idr_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        idr_curl_set_text(easy, CURLOPT_USERAGENT, "IDRKit/\(IDRKitVersion.current)")
        idr_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "https,http,ftp")
        idr_curl_set_text(easy, CURLOPT_REDIR_PROTOCOLS_STR, url.scheme == "http" ? "http,https" : "https")
        idr_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 1)
        idr_curl_set_long(easy, CURLOPT_MAXREDIRS, 5)
        idr_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
        idr_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
        if let netrc {
            idr_curl_set_long(easy, CURLOPT_NETRC, Int(CURL_NETRC_OPTIONAL.rawValue))
            idr_curl_set_text(easy, CURLOPT_NETRC_FILE, netrc)
        }
        if let authority { idr_curl_set_text(easy, CURLOPT_CAINFO, authority) }
        idr_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connecting * 1000))
        idr_curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
        idr_curl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, Int(limits.stall.rounded(.up))))
        if isHead { idr_curl_set_long(easy, CURLOPT_NOBODY, 1) }
        if isLarge {
            idr_curl_set_long(easy, CURLOPT_BUFFERSIZE, 1 << 19)
            idr_curl_set_long(easy, CURLOPT_FILETIME, 1)
        }
        if let range { idr_curl_set_text(easy, CURLOPT_RANGE, range) }
        for field in fields { fieldList = curl_slist_append(fieldList, field) }
        if let fieldList { idr_curl_set_list(easy, CURLOPT_HTTPHEADER, fieldList) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        idr_curl_set_pointer(easy, CURLOPT_PRIVATE, context)
        idr_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        idr_curl_set_data(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            Exchange.of(context).readField(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
        idr_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        idr_curl_set_data(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            return Exchange.of(context).take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
        }
    }

    static func of(_ context: UnsafeMutableRawPointer) -> Exchange { Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue() }

    private func readField(_ bytes: UnsafeRawBufferPointer) {
        let line = String(decoding: bytes.prefix(1 << 14), as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // A new answer begins, after a redirect or a 1xx.
            head = AnswerHead(status: line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
        } else if let colon = line.firstIndex(of: ":"), url.scheme != "ftp" {
            head.fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// FTP has no head; libcurl knows what the server replied about the file.
    private func readFTPReplies() {
        guard url.scheme == "ftp", let easy else { return }
        var (length, time) = (curl_off_t(-1), curl_off_t(-1))
        idr_curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length)
        idr_curl_get_offset(easy, CURLINFO_FILETIME_T, &time)
        if length >= 0 { head.fields["content-length"] = "\(length)" }
        if time >= 0 { head.fields["last-modified"] = "\(time)" }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if head.fields.isEmpty { readFTPReplies() }
        do throws(IDRError) {
            try receive(head, bytes)
            return true
        } catch {
            receiverFailure = error
            return false
        }
    }

    /// Hands the outcome to the task that waits.
    func end(_ code: CURLcode, easy: UnsafeMutableRawPointer) {
        if let fieldList { curl_slist_free_all(fieldList) }
        fieldList = nil
        if url.scheme == "ftp" {
            var status = 0
            idr_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
            head.status = status
            readFTPReplies()
        }
        self.easy = nil
        if let receiverFailure {
            continuation?.resume(throwing: ExchangeFailure(kind: .receiver(receiverFailure), reason: receiverFailure.problem))
        } else if code == CURLE_OK {
            continuation?.resume(returning: head)
        } else {
            let kind = kind(of: code)
            var began = curl_off_t(0)
            idr_curl_get_offset(easy, CURLINFO_PRETRANSFER_TIME_T, &began)
            let isUnreachable = [CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT].contains(code) || code == CURLE_OPERATION_TIMEDOUT && began == 0
            continuation?.resume(
                throwing: ExchangeFailure(
                    kind: kind, reason: String(cString: curl_easy_strerror(code)), hasBegun: head.status != 0, isUnreachable: isUnreachable))
        }
        continuation = nil
    }

    private func kind(of code: CURLcode) -> ExchangeFailure.Kind {
        switch code {
        // An FTP server's 4xx are passing, such as too many users.
        case _ where url.scheme == "ftp" && (400...499).contains(head.status): .passing
        case CURLE_REMOTE_FILE_NOT_FOUND: .absent
        case CURLE_LOGIN_DENIED, CURLE_REMOTE_ACCESS_DENIED: .denied
        case CURLE_BAD_DOWNLOAD_RESUME: .beyondEnd
        default: Exchange.passing.contains(code.rawValue) ? .passing : .final
        }
    }

    func cancel() { stop(ExchangeFailure(kind: .cancelled, reason: "it was cancelled")) }

    /// Ends it without libcurl.
    func stop(_ failure: ExchangeFailure) {
        easy = nil
        if let fieldList { curl_slist_free_all(fieldList) }
        fieldList = nil
        continuation?.resume(throwing: failure)
        continuation = nil
    }

    private static let passing = Set(
        [
            CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_PARTIAL_FILE, CURLE_OPERATION_TIMEDOUT, CURLE_GOT_NOTHING, CURLE_SEND_ERROR,
            CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SSL_CONNECT_ERROR, CURLE_WEIRD_SERVER_REPLY, CURLE_FTP_ACCEPT_TIMEOUT,
            CURLE_FTP_CANT_GET_HOST, CURLE_AGAIN,
        ].map(\.rawValue))
}
