internal import CCollectorCurl
internal import Dispatch
internal import Foundation

/// Posts over HTTP and HTTPS; the thin wrapper around libcurl.
///
/// QueuertOTel's wrapper does far more (TLS settings, gRPC, answers that it reads) and is internal to a library that the
/// collector doesn't build. To share it, that library would have to export it to everybody.
///
/// `@unchecked`, because the compiler knows nothing of the handle: it is used on the queue only, one request at a time, and
/// freed when nobody has the client any more, so that no request runs.
final class CurlClient: @unchecked Sendable {
    /// What came back.
    struct Answer: Sendable {
        /// The status; `nil` if there was no answer.
        var status: Int?
        /// What `Retry-After` says, in seconds.
        var retryAfter: Int?
    }

    /// libcurl blocks, which threads that run tasks must not.
    private let queue = DispatchQueue(label: "queuert-collector.forwarding")
    private let handle: UnsafeMutableRawPointer
    private let timeout: Int

    /// Makes a client.
    ///
    /// - Parameter timeout: How many seconds a request may take.
    init(timeout: Int) {
        guard let handle = curl_easy_init() else { preconditionFailure("libcurl has no memory for a handle") }
        self.handle = handle
        self.timeout = timeout
    }

    deinit { curl_easy_cleanup(handle) }

    /// Posts a body.
    ///
    /// - Parameters:
    ///   - url: Where to.
    ///   - headers: The headers, each a line.
    ///   - body: The body.
    /// - Returns: What came back.
    func post(_ url: String, headers: [String], body: [UInt8]) async -> Answer {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: perform(url, headers, body)) }
        }
    }

    private func perform(_ url: String, _ headers: [String], _ body: [UInt8]) -> Answer {
        curl_easy_reset(handle)
        var list: UnsafeMutablePointer<curl_slist>?
        // The empty one keeps libcurl from waiting for the answer `100 Continue`.
        for header in headers + ["Expect:"] { list = curl_slist_append(list, header) }
        defer { curl_slist_free_all(list) }
        _ = collector_curl_set_string(handle, CURLOPT_URL, url)
        _ = collector_curl_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        _ = collector_curl_set_list(handle, CURLOPT_HTTPHEADER, list)
        _ = collector_curl_set_long(handle, CURLOPT_TIMEOUT, timeout)
        _ = collector_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = collector_curl_set_long(handle, CURLOPT_POST, 1)
        _ = collector_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
        // Nobody reads the body of the answer.
        _ = collector_curl_set_write(handle, { _, size, count, _ in size * count }, nil)
        var answer = Answer()
        let code = withUnsafeMutablePointer(to: &answer) { answer in
            _ = collector_curl_set_header(handle, Self.readHeader, answer)
            return body.withUnsafeBytes { bytes in
                _ = collector_curl_set_string(
                    handle, CURLOPT_POSTFIELDS, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
                return curl_easy_perform(handle)
            }
        }
        guard code == CURLE_OK else { return Answer() }
        var status = 0
        guard collector_curl_get_status(handle, &status) == CURLE_OK, status > 0 else { return Answer() }
        answer.status = status
        return answer
    }

    private static let readHeader: collector_curl_write = { bytes, size, count, context in
        guard let bytes, let answer = context?.assumingMemoryBound(to: Answer.self) else { return size * count }
        let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
        if line.lowercased().hasPrefix("retry-after:") {
            answer.pointee.retryAfter = CurlClient.retryAfter(
                String(line.dropFirst(12)), now: Int(Date().timeIntervalSince1970))
        }
        return size * count
    }

    /// Reads what a `Retry-After` header asks for: seconds or a date.
    ///
    /// - Parameters:
    ///   - header: The header's value.
    ///   - now: The time, in seconds since 1970.
    /// - Returns: How many seconds to wait, none if the date has passed; `nil` if the value is neither.
    static func retryAfter(_ header: String, now: Int) -> Int? {
        let value = header.trimmingCharacters(in: .whitespacesAndNewlines)
        if !value.isEmpty, value.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            // More digits than fit mean for ever.
            return Int(value) ?? .max
        }
        // libcurl's parser is lenient, but each of HTTP's dates begins with a weekday and has a time of day.
        guard value.contains(":"), value.first?.isLetter == true else { return nil }
        let date = Int(curl_getdate(value, nil))
        return date < 0 ? nil : max(0, date - now)
    }
}
