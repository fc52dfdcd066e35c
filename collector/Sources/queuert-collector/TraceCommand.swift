import ArgumentParser
import QueuertCollector

/// Prints a trace as a tree.
struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "trace", abstract: "Print a trace as a tree.")

    @Argument(help: "The id of the trace.")
    var id: String

    @OptionGroup var source: SourceOptions

    func run() async throws {
        try await source.read { source in
            try TreePrinter.print([try await source.spans(ofTrace: id.lowercased())], chain: nil)
        }
    }
}

/// Prints a chain as a tree.
struct ChainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain", abstract: "Print a chain, in all its traces, as a tree, with what its jobs waited for.")

    @Argument(help: "The id of the chain.")
    var id: String

    @OptionGroup var source: SourceOptions

    func run() async throws {
        try await source.read { source in try TreePrinter.print(try await source.traces(ofChain: id), chain: id) }
    }
}

/// Prints trees.
enum TreePrinter {
    /// Prints traces.
    ///
    /// - Parameters:
    ///   - traces: The spans of each trace.
    ///   - chain: The chain whose part alone is printed, if it isn't all.
    /// - Throws: `ExitCode` if there are no spans.
    static func print(_ traces: [[ReceivedSpan]], chain: String?) throws {
        guard traces.contains(where: { !$0.isEmpty }) else {
            return try Failure.exit("no span of it is stored. It may not have arrived yet, or may have been deleted.")
        }
        for line in TraceTree(traces: traces, chain: chain, style: .standardOutput).lines { Swift.print(line) }
    }
}
