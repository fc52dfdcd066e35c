import Foundation

/// Runs benchmarks and prints one JSON object per line.
///
/// `queuert-bench` runs all, `queuert-bench sqlite` those whose names begin so, `queuert-bench otel.span` the one of that name.
@main struct QueuertBench {
    static func main() async throws {
        let prefixes = CommandLine.arguments.dropFirst()
        if prefixes.first == LatencyWorker.argument, let schema = prefixes.last {
            return try await LatencyWorker.run(schema: schema)
        }
        let benchmarks =
            memoryBenchmarks + sqliteBenchmarks + sqliteOperationsBenchmarks + sqliteListBenchmarks
            + memoryUseBenchmarks + otelBenchmarks + otelJobBenchmarks + otelAllocationBenchmarks + otelExportBenchmarks
            + pythonBenchmarks + otelOverheadBenchmarks + postgresBenchmarks + postgresWakeUpBenchmarks
        let names = Set(benchmarks.map(\.name))
        func isAskedFor(_ benchmark: Benchmark) -> Bool {
            if prefixes.contains(benchmark.name) { return true }
            if benchmark.isOnDemand { return false }
            return prefixes.isEmpty || prefixes.contains { !names.contains($0) && benchmark.name.hasPrefix($0) }
        }
        for benchmark in benchmarks where isAskedFor(benchmark) {
            if benchmark.isAlone, ProcessInfo.processInfo.environment[aloneVariable] == nil {
                try runAlone(benchmark)
                continue
            }
            do {
                print(try await benchmark.run().json(name: benchmark.name))
            } catch let missing as Unavailable {
                print("{\"bench\":\"\(benchmark.name)\",\"unavailable\":\"\(missing.reason)\"}")
            }
        }
    }

    /// Set for a process that has been started for one benchmark.
    private static let aloneVariable = "QUEUERT_BENCH_ALONE"

    /// Runs a benchmark in a process of its own, which prints its line.
    private static func runAlone(_ benchmark: Benchmark) throws {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [benchmark.name]
        process.environment = ProcessInfo.processInfo.environment
            .merging(benchmark.environment) { $1 }.merging([aloneVariable: "yes"]) { $1 }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw FailedBenchmark(name: benchmark.name) }
    }
}

/// A benchmark that runs in a process of its own has ended without a figure.
private struct FailedBenchmark: Error { let name: String }
