import Queuert
import QueuertOTel
import QueuertOTelOutbox
import QueuertPostgres
import QueuertSQLite

/// What telemetry costs jobs: two queues take turns, one with more of it than the other.
let otelOverheadBenchmarks = [
    Benchmark("otel.overhead.sqlite") {
        try await compareOnSQLite(with: { _ in traced() }, without: nil, unit: "jobs/s with tracing")
    },
    Benchmark("otel.overhead.metrics.sqlite") {
        try await compareOnSQLite(
            with: { _ in traced(meters: MeterProvider()) }, without: { _ in traced() },
            unit: "jobs/s with tracing and metrics")
    },
    Benchmark("otel.overhead.outbox.sqlite") {
        let sink = try HTTPSink()
        return try await compareOnSQLite(
            with: { keeping(TelemetryOutbox(in: $0, logger: quietLogger()), sink) }, without: { _ in traced() },
            unit: "jobs/s with an outbox in the database")
    },
    Benchmark("otel.overhead.pg") {
        try await compareOnPostgres(with: { _ in traced() }, without: nil, unit: "atomic jobs/s with tracing")
    },
    Benchmark("otel.overhead.outbox.pg") {
        let sink = try HTTPSink()
        return try await compareOnPostgres(
            with: { keeping(TelemetryOutbox(in: $0, logger: quietLogger()), sink) }, without: { _ in traced() },
            unit: "atomic jobs/s with an outbox in the database")
    },
]

private func traced(meters: MeterProvider? = nil) -> QueueInstrumentation {
    QueueInstrumentation(tracer: SpanTracer(processor: Discarding()), meters: meters)
}

/// Telemetry as a service has it, with spans only, that goes to a receiver on loopback.
private func keeping(_ outbox: TelemetryOutbox, _ sink: HTTPSink) -> any ObservabilityAdapter {
    let environment = EnvironmentConfiguration(environment: [
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(sink.port)", "OTEL_METRICS_EXPORTER": "none",
        "OTEL_LOGS_EXPORTER": "none",
    ])
    return Telemetry(environment, outbox: outbox, logger: quietLogger()).queue
}

private func compareOnSQLite(
    with: @escaping (SQLiteStateAdapter) -> any ObservabilityAdapter,
    without: ((SQLiteStateAdapter) -> any ObservabilityAdapter)?, unit: String
) async throws -> Measurement {
    let count = 20_000
    func jobsPerSecond(_ client: Client<SQLiteStateAdapter>) async throws -> Rate {
        try await startMany(count, client)
        return try await processingRate(of: count, concurrency: 200, client: client) { handled in
            .detached(Nothing.self) { _ in
                handled()
                return .finish(1)
            }
        }
    }
    return try await withDatabase(.full, observability: without) { bare, _ in
        try await withDatabase(.full, observability: with) { told, _ in
            try await .inTurn(rounds: overheadRounds, unit: unit) {
                try await jobsPerSecond(told)
            } floor: {
                try await jobsPerSecond(bare)
            }
        }
    }
}

/// What is to be told apart is a few percent, and single rounds differ by more.
private let overheadRounds = 15

private func compareOnPostgres(
    with: @escaping (PostgresStateAdapter) -> any ObservabilityAdapter,
    without: ((PostgresStateAdapter) -> any ObservabilityAdapter)?, unit: String
) async throws -> Measurement {
    let count = 4_000
    func jobsPerSecond(_ client: Client<PostgresStateAdapter>) async throws -> Rate {
        try await start(count, atOnce: 1_000, client)
        return try await atomicRate(of: count, concurrency: 10, client)
    }
    return try await PostgresQueue.with { bareQueue in
        try await PostgresQueue.with { toldQueue in
            try await bareQueue.withClient(connections: 12, observability: without) { bare in
                try await toldQueue.withClient(connections: 12, observability: with) { told in
                    try await .inTurn(rounds: overheadRounds, unit: unit) {
                        try await jobsPerSecond(told)
                    } floor: {
                        try await jobsPerSecond(bare)
                    }
                }
            }
        }
    }
}
