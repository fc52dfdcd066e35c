internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A client of a running collector.
package struct CollectorClient: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    private let host: String
    private let port: Int
    private let token: String?

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - address: The collector's address, such as `http://127.0.0.1:4318`.
    ///   - token: What the collector wants to be shown, if it wants anything.
    /// - Throws: `CollectorClientError` if the address makes no sense.
    package init(address: String, token: String? = nil) throws(CollectorClientError) {
        guard let components = URLComponents(string: address), components.scheme == "http", let host = components.host,
            !host.isEmpty
        else {
            throw CollectorClientError(
                message: "\(address) isn't the address of a collector", hint: "It looks like http://127.0.0.1:4318.")
        }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = components.port ?? 80
        self.token = token
    }

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - type: What it holds.
    ///   - path: The path, with its query.
    /// - Returns: The answer, or `nil` if there is none (404).
    /// - Throws: `CollectorClientError` if the collector doesn't answer, or refuses.
    package func get<Answer: Decodable & Sendable>(
        _ type: Answer.Type, _ path: String
    ) async throws(CollectorClientError) -> Answer? {
        let (status, body) = try await exchange(path) { inbound in
            var status = 0
            var body = Data()
            for try await part in inbound {
                switch part {
                case .head(let head): status = Int(head.status.code)
                case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
                case .end: return (status, body)
                }
            }
            return (status, body)
        }
        if status == 404 { return nil }
        guard status == 200, let answer = try? JSONDecoder().decode(type, from: body) else {
            let problem = try? JSONDecoder().decode(Problem.self, from: body)
            throw CollectorClientError(
                message: problem?.error ?? "the collector answered with status \(status)",
                hint: problem?.hint ?? "Is another program listening there?")
        }
        return answer
    }

    /// Listens until the collector stops.
    ///
    /// - Parameter onChange: Called once the collector tells of changes, and then after each.
    /// - Throws: `CollectorClientError` if the collector doesn't answer at first, or what `onChange` throws.
    package func follow(_ onChange: @Sendable @escaping () async throws -> Void) async throws {
        let beginning = Beginning()
        do {
            _ = try await exchange("/api/events") { inbound in
                var lines = EventLines()
                for try await case .body(let buffer) in inbound where lines.take(buffer.readableBytesView) {
                    try await onChange()
                    beginning.isOver.store(true, ordering: .relaxed)
                }
                return (200, Data())
            }
        } catch {
            // A collector that has told and is gone has stopped, which is how listening ends.
            guard error.isUnreachable, beginning.isOver.load(ordering: .relaxed) else { throw error }
        }
    }

    /// Whether a collector has begun to tell.
    private final class Beginning: Sendable {
        let isOver = Atomic(false)
    }

    private struct Problem: Decodable {
        let error: String
        let hint: String
    }

    private func exchange(
        _ path: String,
        _ body: @Sendable @escaping (NIOAsyncChannelInboundStream<HTTPClientResponsePart>) async throws -> (Int, Data)
    ) async throws(CollectorClientError) -> (Int, Data) {
        let request = head(path)
        do {
            let connection: Connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHTTPClientHandlers()
                        return try Connection(wrappingChannelSynchronously: channel)
                    }
                }
            return try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(.head(request))
                try await outbound.write(.end(nil))
                return try await body(inbound)
            }
        } catch let error as CollectorClientError {
            throw error
        } catch {
            throw CollectorClientError(
                message: "no collector answers at http://\(host):\(port)",
                hint: "Start it, or say where it is with --endpoint; --database reads its file instead.",
                isUnreachable: true)
        }
    }

    private func head(_ path: String) -> HTTPRequestHead {
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: path)
        let isSix = host.contains(":")
        head.headers.add(name: "Host", value: "\(isSix ? "[\(host)]" : host):\(port)")
        head.headers.add(name: "Connection", value: "close")
        if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return head
    }
}

/// A collector that doesn't answer as it should.
package struct CollectorClientError: Error, Sendable, CustomStringConvertible {
    /// A sentence that says what is wrong.
    package let message: String
    /// A sentence that says what to do.
    package let hint: String
    /// Whether nobody listens there.
    package var isUnreachable = false

    /// The message and the hint.
    package var description: String { "\(message). \(hint)" }
}
