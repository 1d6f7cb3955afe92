import FlyingFox
import FlyingSocks
import Foundation
import IDRFiles
import IDRPlan

/// Serves the report of a script that is being watched, on this machine only; the page loads itself anew when it has changed.
package struct LivePage: Sendable {
    /// The page as the script writes it.
    package let path: String
    /// Of this process: a page of another one cannot be guessed.
    private let token = UUID().uuidString.lowercased()
    private let server: HTTPServer

    /// - Parameter port: 0 takes a free one.
    package init(path: String, port: UInt16) async throws {
        self.path = path
        server = HTTPServer(address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), logger: .disabled)
        let (path, token) = (path, token)
        await server.appendRoute("GET /*") { request in Self.answer(request, path: path, token: token) }
    }

    /// Serves until the task is cancelled.
    package func serve() async throws { try await server.run() }

    /// Where the page is.
    package func address() async throws -> String {
        try await server.waitUntilListening()
        guard case .ip4(_, let port)? = await server.listeningAddress else {
            throw IDRError(.system, "the page cannot be served", because: "there is no free port on the loopback interface")
        }
        return "http://127.0.0.1:\(port)/\(token)"
    }

    private static func answer(_ request: HTTPRequest, path: String, token: String) -> HTTPResponse {
        // A name that somebody else's server gave this address is none of ours.
        let host = request.headers[.host]?.split(separator: ":").first.map(String.init) ?? ""
        guard ["127.0.0.1", "localhost"].contains(host) else { return HTTPResponse(statusCode: .forbidden) }
        switch request.path {
        case "/\(token)": return page(path, token)
        case "/\(token)/version":
            return HTTPResponse(
                statusCode: .ok, headers: [.contentType: "text/plain", HTTPHeader("Cache-Control"): "no-store"], body: Data(version(path).utf8))
        default: return HTTPResponse(statusCode: .notFound)
        }
    }

    private static func version(_ path: String) -> String { (try? SHA256.digest(ofFile: path).hex) ?? "none" }

    /// The page with a few lines that ask for its version; they are the only script that may run, and may ask nobody else.
    private static func page(_ path: String, _ token: String) -> HTTPResponse {
        let nonce = UUID().uuidString
        let html = (try? String(contentsOfFile: path, encoding: .utf8)) ?? "<!DOCTYPE html><title>waiting</title><p>waiting for the script</p></body>"
        let script = """
            <script nonce="\(nonce)">
            const known = "\(version(path))";
            setInterval(async () => {
                try {
                    const answer = await fetch("/\(token)/version");
                    if (answer.ok && (await answer.text()) !== known) location.reload();
                } catch {}
            }, 300);
            </script>
            </body>
            """
        let policy =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-\(nonce)'; connect-src 'self'; frame-ancestors 'none'"
        let body = html.replacing(/<meta http-equiv="Content-Security-Policy"[^>]*>/, with: "").replacing("</body>", with: script)
        return HTTPResponse(
            statusCode: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", HTTPHeader("Content-Security-Policy"): policy, HTTPHeader("Cache-Control"): "no-store",
                HTTPHeader("Referrer-Policy"): "no-referrer",
            ], body: Data(body.utf8))
    }
}
