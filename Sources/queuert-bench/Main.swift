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
            + memoryUseBenchmarks + otelBenchmarks + otelExportBenchmarks + pythonBenchmarks
            + otelOverheadBenchmarks + postgresBenchmarks + postgresWakeUpBenchmarks
        for benchmark in benchmarks {
            let isAskedFor =
                benchmark.isOnDemand
                ? prefixes.contains(benchmark.name)
                : prefixes.isEmpty || prefixes.contains { benchmark.name.hasPrefix($0) }
            guard isAskedFor else { continue }
            do {
                print(try await benchmark.run().json(name: benchmark.name))
            } catch let missing as Unavailable {
                print("{\"bench\":\"\(benchmark.name)\",\"unavailable\":\"\(missing.reason)\"}")
            }
        }
    }
}
