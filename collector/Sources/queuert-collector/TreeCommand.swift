import ArgumentParser
import Foundation
import QueuertCollector

/// Prints traces as trees.
struct TreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree", abstract: "Print the tree of a trace, or of all traces of a chain.")

    @Option(help: "The id of a chain; all its traces are printed.")
    var chain: String?

    @Option(help: "The id of a trace.")
    var trace: String?

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard (chain == nil) != (trace == nil) else { throw ValidationError("Give either --chain or --trace.") }
    }

    func run() async throws {
        // Opening would make one.
        guard FileManager.default.fileExists(atPath: database.path) else {
            return try Failure.exit(
                "there is no database at \(database.path). Start the collector, or choose another with --database.")
        }
        do {
            let store = try await SpanStore(path: database.path)
            var traces: [[ReceivedSpan]] = []
            if let chain { traces = try await store.traces(ofChain: chain) }
            if let trace { traces = [try await store.spans(ofTrace: trace.lowercased())] }
            await store.close()
            guard traces.contains(where: { !$0.isEmpty }) else {
                return try Failure.exit(
                    "no span of it is stored in \(database.path). "
                        + "It may not have arrived yet; --database chooses another file.")
            }
            for line in TraceTree(traces: traces).lines { print(line) }
        } catch let error as StoreError {
            try Failure.exit(error.description)
        }
    }
}
