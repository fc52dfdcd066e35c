import ArgumentParser
import Foundation
import QueuertCollector

/// Prints traces or chains as they arrive.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Print traces as they arrive, until interrupted.",
        discussion: """
            A line that begins with "again" tells more of a trace or a chain that there was a line of already.
            The search is what the page takes too: a word, service:NAME, name:NAME, status:error, duration>1s, KEY=VALUE, \
            chain:ID or job:ID, separated by spaces.
            """)

    @Flag(help: "Print chains instead of traces.")
    var chains = false

    @Option(name: .shortAndLong, help: "How many that are there already to begin with.")
    var number = 10

    @Argument(help: "What the traces must have.")
    var search: [String] = []

    @OptionGroup var source: SourceOptions

    func validate() throws {
        guard (0...500).contains(number) else { throw ValidationError("--number is from 0 to 500.") }
        guard !chains || search.isEmpty else { throw ValidationError("A search is for traces, not for --chains.") }
    }

    func run() async throws {
        let list = Tail(chains: chains, search: search.joined(separator: " "), number: number)
        try await source.read { source in try await source.follow { try await list.print(from: source) } }
    }
}

/// What was printed so far.
private actor Tail {
    private let chains: Bool
    private let search: String
    private var limit: Int
    private var list = LiveList(style: .standardOutput)

    init(chains: Bool, search: String, number: Int) {
        self.chains = chains
        self.search = search
        limit = number
    }

    func print(from source: TraceSource) async throws {
        // What there is before the first call, as far as it isn't wanted, counts as printed.
        let lines: [String]
        if chains {
            let latest = try await source.latestChains(limit: 200)
            lines = list.lines(latest)
        } else {
            let newest = try await source.newestTraces(limit: 200, search: search)
            lines = list.lines(newest)
        }
        for line in lines.suffix(limit) {
            // Not printed: output to a pipe is buffered, and whoever reads it may wait for this line.
            FileHandle.standardOutput.write(Data((line + "\n").utf8))
        }
        limit = .max
    }
}
