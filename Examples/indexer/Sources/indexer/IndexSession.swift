import Foundation
import Queuert
import QueuertOTel
import QueuertSQLite
import TextIndex
import Tracing

/// One run of the program: database, telemetry and a worker, until the report is written or the user stops it.
struct IndexSession {
    /// How a run ends.
    enum Ending: Sendable {
        case finished(Index.Result)
        /// A signal came. The jobs that ran were ended or given back.
        case interrupted
    }

    let database: String
    let leaseDuration: Duration

    /// Goes on with the index until it is finished.
    ///
    /// - Parameter input: What to scan, if nobody has begun.
    /// - Returns: How the run ended.
    /// - Throws: `SQLiteError` if the database can't be used, or ``OtherFolderError``.
    func run(_ input: ScanFolder.Input) async throws -> Ending {
        let pool = try await SQLitePool(path: database, configuration: .init(busyTimeout: .seconds(2)))
        let telemetry = Self.makeTelemetry()
        InstrumentationSystem.bootstrap(telemetry.tracer)
        let adapter = SQLiteStateAdapter(pool: pool)
        let ending: Result<Ending, any Error>
        do {
            try await adapter.migrate()
            try await IndexTables.create(in: pool)
            ending = .success(try await work(input, on: Client(adapter: adapter, observability: telemetry.queue)))
        } catch {
            ending = .failure(error)
        }
        await pool.close()
        await telemetry.shutdown()
        if let lost = telemetry.statistics?.lost, lost > 0 {
            Console.complain("\(lost) spans could not be delivered; the index is not affected.")
        }
        return try ending.get()
    }

    private func work(_ input: ScanFolder.Input, on client: Client<SQLiteStateAdapter>) async throws -> Ending {
        let index = Index(client: client)
        let scan: Chain<ScanFolder>
        switch try await index.open(input) {
        case .finished(let result):
            Console.complain("\(database) holds the finished index of \(input.folder). Delete it to start over.")
            return .finished(result)
        case .interrupted(let chain):
            Console.complain("going on with the index of \(input.folder) in \(database).")
            scan = chain
        case .started(let chain):
            scan = chain
        }
        let worker = try Worker(
            client: client, processors: IndexProcessors(client: client).all,
            configuration: .init(
                name: "indexer", concurrency: 4, leaseDuration: leaseDuration,
                backoff: Backoff(initial: .milliseconds(200))))
        return try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask {
                await worker.run()
                return .interrupted
            }
            group.addTask { .finished(try await index.result(of: scan)) }
            group.addTask {
                await TerminationSignal.first()
                return .interrupted
            }
            defer { group.cancelAll() }
            let ending = try await group.next() ?? .interrupted
            await worker.stop(within: .seconds(2))
            return ending
        }
    }

    private static func makeTelemetry() -> Telemetry {
        // Metrics and events go where the traces go if somebody asks for them, as the demo does.
        let unasked = ["OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"]
        let environment = EnvironmentConfiguration(
            environment: ProcessInfo.processInfo.environment.merging(unasked) { asked, _ in asked })
        let hasName = environment.resource[attribute: "service.name"] != nil
        return Telemetry(
            environment, resource: Resource(attributes: hasName ? [] : [Attribute("service.name", "indexer")]),
            // The errors of these jobs hold names of files and nothing of what is in them.
            queue: .init(recordsErrorMessages: true))
    }
}

extension BatchSpanProcessor.Statistics {
    /// Spans that ended and reached nobody.
    fileprivate var lost: Int {
        rejected + failed + droppedQueueFull + droppedAfterShutdown + droppedAtDeadline + pending
    }
}
