import Foundation
import Queuert
import QueuertPostgres

/// The process that `pg.latency` starts chains for: this program, run again.
enum LatencyWorker {
    static let argument = "--latency-worker"
    static let channel = "bench"

    /// Runs a worker on a schema until the standard input ends, and writes the moment at which each handler begins to the
    /// standard output.
    static func run(schema: String) async throws {
        let queue = PostgresQueue(address: try postgresAddress(), schema: schema, history: .amongJobs)
        let notify = PostgresNotify(queue.address, channel: channel)
        try await queue.withClient(notify: notify) { client in
            let worker = try Worker(
                client: client,
                processors: [
                    .detached(Nothing.self) { _ in
                        FileHandle.standardOutput.write(Data("\(monotonicTime())\n".utf8))
                        return .finish(1)
                    }
                ])
            async let running: Void = worker.run()
            await withCheckedContinuation { continuation in
                Thread {
                    while !FileHandle.standardInput.availableData.isEmpty {}
                    continuation.resume()
                }.start()
            }
            await worker.stop()
            await running
        }
        await notify.close()
    }

    /// Runs a body with the other process, and hands out the moments that it tells.
    static func with<R: Sendable>(
        _ queue: PostgresQueue, _ body: (AsyncStream<Int64>) async throws -> R
    ) async throws -> R {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [argument, queue.schema]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        let (moments, tell) = AsyncStream.makeStream(of: Int64.self)
        try process.run()
        let reading = output.fileHandleForReading
        Thread {
            var rest = ""
            while case let data = reading.availableData, !data.isEmpty {
                rest += String(decoding: data, as: UTF8.self)
                while let end = rest.firstIndex(of: "\n") {
                    if let moment = Int64(rest[..<end]) { tell.yield(moment) }
                    rest = String(rest[rest.index(after: end)...])
                }
            }
            tell.finish()
        }.start()
        let value = try await body(moments)
        try input.fileHandleForWriting.close()
        for await _ in moments {}
        process.waitUntilExit()
        return value
    }
}

/// A time in nanoseconds that is the same for all processes.
private func monotonicTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// How long a chain that is started in one process, while nothing else happens, waits for its handler in another: sorted, in
/// milliseconds.
func latenciesBetweenProcesses(_ count: Int) async throws -> [Double] {
    try await PostgresQueue.with { queue in
        let notify = PostgresNotify(queue.address, channel: LatencyWorker.channel)
        let waits = try await queue.withClient(notify: notify) { client in
            try await LatencyWorker.with(queue) { moments in
                var waits: [Double] = []
                var iterator = moments.makeAsyncIterator()
                // The first ones wait for the other process and its connections.
                for number in 0..<count + 10 {
                    let start = monotonicTime()
                    _ = try await client.startJobChain(Nothing.self, input: .init())
                    guard let end = await iterator.next() else { break }
                    if number >= 10 { waits.append(Double(end - start) / 1_000_000) }
                    // Idle again, so that the next one has to wake the worker.
                    while try await client.isBusy() {}
                    try await Task.sleep(for: .milliseconds(5))
                }
                return waits
            }
        }
        await notify.close()
        return waits.sorted()
    }
}

extension Client {
    fileprivate func isBusy() async throws -> Bool {
        guard let counts = try await jobCounts()["nothing"] else { return false }
        return counts.waiting + counts.running > 0
    }
}
