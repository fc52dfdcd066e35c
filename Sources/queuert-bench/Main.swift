/// Runs benchmarks and prints one JSON object per line.
///
/// `queuert-bench` runs all, `queuert-bench sqlite otel.span` those whose names begin so.
@main struct QueuertBench {
    static func main() async throws {
        let prefixes = CommandLine.arguments.dropFirst()
        let benchmarks =
            memoryBenchmarks + sqliteBenchmarks + sqliteOperationsBenchmarks + sqliteListBenchmarks
            + memoryUseBenchmarks + otelBenchmarks + otelExportBenchmarks + postgresBenchmarks
            + postgresWakeUpBenchmarks
        for benchmark in benchmarks {
            guard prefixes.isEmpty || prefixes.contains(where: { benchmark.name.hasPrefix($0) }) else { continue }
            print(try await benchmark.run().json(name: benchmark.name))
        }
    }
}
