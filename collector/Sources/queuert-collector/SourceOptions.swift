import ArgumentParser
import Foundation
import QueuertCollector

/// The options that say where to read from.
struct SourceOptions: ParsableArguments {
    @Option(
        help: "The address of the running collector. (default: $QUEUERT_COLLECTOR_ENDPOINT or http://127.0.0.1:4318)")
    var endpoint: String?

    @Option(help: "A file with the token that the collector wants; QUEUERT_COLLECTOR_TOKEN has the token itself.")
    var tokenFile: String?

    @Option(help: "Read this file instead; the collector need not run.")
    var database: String?

    /// Calls with what to read from, and says what is wrong if that fails.
    ///
    /// Without options the running collector is asked, and if none runs, its usual file is read.
    func read(_ body: (TraceSource) async throws -> Void) async throws {
        do {
            if let database { return try await read(file: database, body) }
            let client = try CollectorClient(
                address: endpoint ?? Settings.text("ENDPOINT") ?? "http://127.0.0.1:4318",
                token: Settings.token(file: tokenFile))
            do {
                try await body(.client(client))
            } catch let error as CollectorClientError where error.isUnreachable && endpoint == nil {
                let path = try DatabaseOption.parse([]).path
                guard FileManager.default.fileExists(atPath: path) else { throw error }
                try await read(file: path, body)
            }
        } catch let error as CollectorClientError {
            try Failure.exit(error.description)
        } catch let error as TraceSearchError {
            try Failure.exit(error.description)
        } catch let error as StoreError {
            try Failure.exit(error.description)
        }
    }

    private func read(file path: String, _ body: (TraceSource) async throws -> Void) async throws {
        // Opening would make one.
        guard FileManager.default.fileExists(atPath: path) else {
            return try Failure.exit(
                "there is no database at \(path). Start the collector, or choose another with --database.")
        }
        let store = try await SpanStore(path: path)
        let result: Result<Void, any Error>
        do { result = .success(try await body(.store(store))) } catch { result = .failure(error) }
        await store.close()
        try result.get()
    }
}
