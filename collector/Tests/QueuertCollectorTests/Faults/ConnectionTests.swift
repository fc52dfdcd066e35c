import Foundation
import NIOCore
import Synchronization
import Testing

@testable import QueuertCollector

@Suite("Connections", .timeLimit(.minutes(5))) struct ConnectionTests {
    private static func health(of client: HTTPClient, _ served: Counter) async throws -> Int {
        let status = try await client.get("/health").status
        served.add()
        return status
    }

    static func health(_ port: Int) -> ByteBuffer {
        ByteBuffer(string: "GET /health HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
    }

    @Test("R10 a client that stops within its head, or within its body, is cut off")
    func slow() async throws {
        try await withCollector(configure: { $0.requestDeadline = .milliseconds(20) }) { client, _ async throws in
            let head = "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n"
            for part in ["", "POST /v1/tr", head + "Content-Length: 50\r\n\r\nabc"] {
                do {
                    try await RawConnection.open(client.port).executeThenClose { inbound, outbound async throws in
                        if !part.isEmpty { try await outbound.write(ByteBuffer(string: part)) }
                        // Ends when the collector closes the connection, which it may do before there is anything to read.
                        for try await _ in inbound {}
                    }
                } catch is IOError {} catch is ChannelError {}
            }
        }
    }

    @Test("R10 who comes when all connections are taken is served when one is given back")
    func limited() async throws {
        try await withCollector(configure: { $0.connectionLimit = 2 }) { client, _ async throws in
            let port = client.port
            let served = Counter()
            try await RawConnection.open(port).executeThenClose { inbound, outbound async throws in
                var answers = inbound.makeAsyncIterator()
                try await outbound.write(Self.health(port))
                _ = try await answers.next()
                let second = try await RawConnection.open(port)
                try await second.executeThenClose { inbound, outbound async throws in
                    var others = inbound.makeAsyncIterator()
                    try await outbound.write(Self.health(port))
                    _ = try await others.next()
                    async let third = Self.health(of: client, served)
                    // Long enough for many answers, if it was let in.
                    for _ in 0..<50 {
                        try await outbound.write(Self.health(port))
                        _ = try await others.next()
                    }
                    let servedBefore = served.count
                    #expect(servedBefore == 0)
                    try await second.channel.close()
                    let status = try await third
                    #expect(status == 200)
                }
            }
            let servedAfter = served.count
            #expect(servedAfter == 1)
        }
    }
}

/// Something that tasks count together.
private final class Counter: Sendable {
    private let value = Atomic(0)

    var count: Int { value.load(ordering: .relaxed) }

    @discardableResult
    func add() -> Int { value.add(1, ordering: .relaxed).newValue }
}

/// How many files and connections this process may have open.
enum OpenFileLimit {
    static func raise(to count: UInt) throws {
        #if canImport(Glibc) || canImport(Musl)
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
        let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        try #require(getrlimit(resource, &limit) == 0)
        guard limit.rlim_cur < count else { return }
        limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
        try #require(setrlimit(resource, &limit) == 0)
    }
}
