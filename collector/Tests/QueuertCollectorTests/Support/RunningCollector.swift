import Foundation
import Logging
import Testing

@testable import QueuertCollector

/// A folder of a test's own, removed at the end.
func withTemporaryFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("collector-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// A store with a file of its own.
func withStore<Value>(_ body: (SpanStore) async throws -> Value) async throws -> Value {
    try await withTemporaryFolder { folder in
        let store = try await SpanStore(path: folder.appendingPathComponent("traces.sqlite").path)
        let result: Result<Value, any Error>
        do { result = .success(try await body(store)) } catch { result = .failure(error) }
        await store.close()
        return try result.get()
    }
}

/// A collector that listens on a port of its own while the body runs.
func withCollector(
    databaseTimeout: Duration = .seconds(5), configure: (inout CollectorConfiguration) throws -> Void = { _ in },
    _ body: (HTTPClient, Collector) async throws -> Void
) async throws {
    try await withListening(databaseTimeout: databaseTimeout, configure: configure) { port, _, collector async throws in
        try await body(HTTPClient(port: port), collector)
    }
}

/// A collector that receives over gRPC, too, while the body runs.
func withGRPCCollector(
    _ grpc: GRPCConfiguration = GRPCConfiguration(port: 0), databaseTimeout: Duration = .seconds(5),
    configure: (inout CollectorConfiguration) throws -> Void = { _ in },
    _ body: (GRPCClient, Collector) async throws -> Void
) async throws {
    try await withListening(
        databaseTimeout: databaseTimeout,
        configure: { configuration in
            configuration.grpc = grpc
            try configure(&configuration)
        }
    ) { port, grpcPort, collector async throws in
        try await body(GRPCClient(port: try #require(grpcPort), http: HTTPClient(port: port)), collector)
    }
}

private func withListening(
    databaseTimeout: Duration, configure: (inout CollectorConfiguration) throws -> Void,
    _ body: (_ port: Int, _ grpcPort: Int?, Collector) async throws -> Void
) async throws {
    try await withTemporaryFolder { folder in
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = CollectorConfiguration(
            port: 0, databasePath: folder.appendingPathComponent("traces.sqlite").path,
            databaseTimeout: databaseTimeout, logger: logger)
        try configure(&configuration)
        let collector = try await Collector(configuration)
        let (ports, continuation) = AsyncStream<(Int, Int?)>.makeStream()
        let server = Task {
            // The port's stream ends with the server, so a server that can't start fails the test and doesn't hang it.
            defer { continuation.finish() }
            try await collector.run { continuation.yield(($0, $1)) }
        }
        do {
            var iterator = ports.makeAsyncIterator()
            guard let (port, grpcPort) = await iterator.next() else {
                try await server.value
                throw CancellationError()
            }
            try await body(port, grpcPort, collector)
            server.cancel()
            _ = try? await server.value
        } catch {
            server.cancel()
            _ = try? await server.value
            throw error
        }
    }
}
