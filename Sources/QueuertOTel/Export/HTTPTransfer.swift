internal import CCurl

/// Collects an answer within limits while libcurl reads it.
///
/// Only libcurl's callbacks touch it while a transfer runs, on the thread that drives the transfer.
final class HTTPTransfer {
    /// Far above what any receiver sends; only a broken or hostile one gets there.
    private static let maximumHeaderBytes = 64 * 1024

    var response = HTTPResponse(status: 0)
    /// What OpenSSL says of the receiver's certificate.
    var verification = 0
    private(set) var isOverLimit = false
    private let maximumBodyBytes: Int
    private var headerBytes = 0

    init(maximumBodyBytes: Int) {
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// Returning less than it was given is how a callback makes libcurl give up.
    private func receive(body bytes: UnsafeRawBufferPointer) -> Int {
        guard response.body.count + bytes.count <= maximumBodyBytes else {
            isOverLimit = true
            return 0
        }
        response.body.append(contentsOf: bytes)
        return bytes.count
    }

    private func receive(header bytes: UnsafeRawBufferPointer) -> Int {
        headerBytes += bytes.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            isOverLimit = true
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
        if line.hasPrefix("HTTP/") {
            // A status line starts a new answer: what came before was informational.
            response.headers = [:]
        } else if let colon = line.firstIndex(of: ":") {
            let name = HTTPText.trimmed(line[..<colon]).lowercased()
            response.headers[name] = HTTPText.trimmed(line[line.index(after: colon)...])
        }
        return bytes.count
    }

    static let bodyCallback: ccurl_write = { bytes, size, count, context in
        withTransfer(context) { $0.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) }
    }

    static let headerCallback: ccurl_write = { bytes, size, count, context in
        withTransfer(context) { $0.receive(header: UnsafeRawBufferPointer(start: bytes, count: size * count)) }
    }

    private static func withTransfer(_ context: UnsafeMutableRawPointer?, _ body: (HTTPTransfer) -> Int) -> Int {
        guard let context else { return 0 }
        return body(Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue())
    }
}
