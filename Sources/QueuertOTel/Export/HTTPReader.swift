internal import Foundation

/// A document that can't be read over HTTP.
package struct HTTPReadingError: Error, Sendable {
    /// What was wrong, and what to do.
    package let reason: String
}

/// Reads documents over HTTP: what a test asks of a collector.
package enum HTTPReader {
    /// What came.
    package struct Document: Sendable {
        /// The status of the answer.
        package let status: Int
        /// Its body.
        package let body: [UInt8]
    }

    /// Far above what a collector answers; only a broken one gets there.
    private static let maximumBytes = 512 * 1024 * 1024

    /// Reads a document.
    ///
    /// A thread of its own waits for the answer, as libcurl blocks.
    ///
    /// - Parameters:
    ///   - base: The server's address.
    ///   - path: What is read, below the address, percent-encoded, with its query.
    ///   - headers: What else is sent.
    ///   - timeout: How long to wait at most.
    /// - Returns: The answer, whatever its status.
    /// - Throws: `HTTPReadingError` if there is none.
    package static func read(
        _ base: String, path: String, headers: [(name: String, value: String)] = [], timeout: Duration
    ) async throws -> Document {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { @Sendable in
                continuation.resume(with: Result { try readNow(base, path, headers, timeout) })
            }
            thread.name = "queuert-http"
            thread.start()
        }
    }

    private static func readNow(
        _ base: String, _ path: String, _ headers: [(name: String, value: String)], _ timeout: Duration
    ) throws -> Document {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        do {
            let endpoint = try OTLPEndpoint(url: "\(base)/\(path)")
            let client = try HTTPClient(
                HTTPClient.Settings(
                    url: endpoint.url, isLoopback: endpoint.isLoopback,
                    userAgent: "QueuertTraceTesting/\(LibraryVersion.current)", connectTimeout: timeout,
                    maximumResponseBytes: maximumBytes))
            let response = try client.get(headers: headers, timeout: timeout)
            return Document(status: response.status, body: response.body)
        } catch {
            throw HTTPReadingError(reason: "\(error)")
        }
    }
}
