internal import Synchronization

/// How many spans have begun, by what the sampler has decided and by where the span above is.
final class SpanStarts: Sendable {
    /// Those about which the sampler has decided alike.
    private struct Counts: ~Copyable, Sendable {
        let roots = Atomic(0)
        let local = Atomic(0)
        let remote = Atomic(0)

        func add(below parent: TraceContext?) {
            switch parent?.isRemote {
            case nil: roots.wrappingAdd(1, ordering: .relaxed)
            case false?: local.wrappingAdd(1, ordering: .relaxed)
            case true?: remote.wrappingAdd(1, ordering: .relaxed)
            }
        }

        /// By the value of `otel.span.parent.origin`.
        var all: [(origin: AttributeValue, count: Int)] {
            [
                ("none", roots.load(ordering: .relaxed)), ("local", local.load(ordering: .relaxed)),
                ("remote", remote.load(ordering: .relaxed)),
            ]
        }
    }
    private let dropped = Counts()
    private let sampled = Counts()

    /// Counts a span that begins.
    func add(_ context: TraceContext, below parent: TraceContext?) {
        if context.isSampled { sampled.add(below: parent) } else { dropped.add(below: parent) }
    }

    /// What was counted, by the attributes that the conventions give; what never was isn't told.
    var observations: [MetricObservation<Int>] {
        observations("DROP", dropped.all) + observations("RECORD_AND_SAMPLE", sampled.all)
    }

    private func observations(
        _ result: AttributeValue, _ counts: [(origin: AttributeValue, count: Int)]
    ) -> [MetricObservation<Int>] {
        counts.filter { $0.count > 0 }.map { origin, count in
            MetricObservation(count, ["otel.span.sampling_result": result, "otel.span.parent.origin": origin])
        }
    }
}
