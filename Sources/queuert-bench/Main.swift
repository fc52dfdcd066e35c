import Foundation

/// Runs benchmarks and prints one JSON object per line.
///
/// `queuert-bench` runs all, `queuert-bench sqlite otel.span` those whose names begin so.
@main struct QueuertBench {
    static func main() async throws {
        let prefixes = CommandLine.arguments.dropFirst()
        if prefixes.first == LatencyWorker.argument, let schema = prefixes.last {
            return try await LatencyWorker.run(schema: schema)
        }
        let benchmarks =
            memoryBenchmarks + sqliteBenchmarks + sqliteOperationsBenchmarks + sqliteListBenchmarks
            + memoryUseBenchmarks + otelBenchmarks + otelJobBenchmarks + otelExportBenchmarks + pythonBenchmarks
            + otelOverheadBenchmarks + postgresBenchmarks + postgresWakeUpBenchmarks
        for benchmark in benchmarks {
            let isAskedFor =
                benchmark.isOnDemand
                ? prefixes.contains(benchmark.name)
                : prefixes.isEmpty || prefixes.contains { benchmark.name.hasPrefix($0) }
            guard isAskedFor else { continue }
            if benchmark.isAlone, prefixes != [benchmark.name] {
                try runAlone(benchmark.name)
                continue
            }
            do {
                print(try await benchmark.run().json(name: benchmark.name))
            } catch let missing as Unavailable {
                print("{\"bench\":\"\(benchmark.name)\",\"unavailable\":\"\(missing.reason)\"}")
            }
        }
    }

    /// Runs a benchmark in a process of its own, which prints its line.
    private static func runAlone(_ name: String) throws {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [name]
        try process.run()
        process.waitUntilExit()
    }
}
