import Foundation

/// Runs the collector's benchmarks and prints one JSON object per line.
///
/// `queuert-collector-bench` runs all, `queuert-collector-bench collector.ingest` those whose names begin so.
@main struct CollectorBench {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == CollectorProcess.argument {
            return try await CollectorProcess.serve(Array(arguments.dropFirst()))
        }
        for benchmark in ingestBenchmarks + queryBenchmarks + memoryBenchmarks {
            let isAskedFor =
                benchmark.isOnDemand
                ? arguments.contains(benchmark.name)
                : arguments.isEmpty || arguments.contains { benchmark.name.hasPrefix($0) }
            guard isAskedFor else { continue }
            for line in try await benchmark.run() { print(line.json(name: benchmark.name)) }
        }
    }
}
