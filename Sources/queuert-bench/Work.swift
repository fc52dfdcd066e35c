import Logging
import Queuert
import QueuertSQLite

/// A job that does nothing, with an input of a realistic size.
enum Nothing: EntryJobType {
    static let name = "nothing"
    struct Input: Codable, Sendable {
        var customer = 4711
        var address = "12 Long Street, Some Town, a country that is far away"
        var items = ["one thing", "another thing", "a third thing that has a long name"]
    }
    typealias Output = Int
}

/// How fast a worker gets through jobs that are there already, until the result of the last one is written.
func processingRate<Adapter: StateAdapter>(
    of count: Int, concurrency: Int, client: Client<Adapter>,
    _ processor: (@escaping @Sendable () -> Void) -> Processor<Adapter>
) async throws -> Rate {
    try await rate(of: count, rounds: 1) {
        let (handled, yield) = AsyncStream.makeStream(of: Void.self)
        let left = Locked(count)
        let processor = processor {
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { yield.finish() }
        }
        let worker = try Worker(
            client: client, processors: [processor], configuration: .init(concurrency: concurrency))
        async let running: Void = worker.run()
        for await _ in handled {}
        // Stopping waits for the results that are still to be written.
        await worker.stop()
        await running
    }
}

func startMany<Adapter: StateAdapter>(_ count: Int, _ client: Client<Adapter>) async throws {
    try await client.withTransaction { db in
        for _ in 0..<count { _ = try await client.startJobChain(Nothing.self, input: .init(), on: db) }
    }
}

extension Client {
    func waitingCount() async throws -> Int {
        try await adapter.withReadConnection { connection in
            try adapter.operations(on: connection).jobCounts()["nothing"]?.waiting ?? 0
        }
    }
}

func quietLogger() -> Logger {
    var logger = Logger(label: "bench")
    logger.logLevel = .critical
    return logger
}
