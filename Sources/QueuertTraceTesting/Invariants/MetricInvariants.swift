import QueuertOTel

/// What must hold for all metrics.
enum MetricInvariants {
    /// Attributes that there is a value of for each job, chain, message, worker or trace.
    private static let unboundedKeys: Set<String> = [
        "queuert.job.id", "queuert.chain.id", "queuert.blocker.chain.id", "queuert.continued_with.job_id",
        "queuert.worker.id", "messaging.message.id", "messaging.message.conversation_id", "messaging.client.id",
        "trace_id", "span_id",
    ]

    static func violations(in metrics: [MetricData]) -> [TraceInvariants.Violation] {
        metrics.flatMap { metric in
            TelemetryRegistry.queuert.violations(in: metric).map { .init(.registeredNames, $0) } + unbounded(in: metric)
        }
    }

    private static func unbounded(in metric: MetricData) -> [TraceInvariants.Violation] {
        var told: Set<String> = []
        return MetricPoint.points(of: metric).flatMap(\.attributes).compactMap { attribute in
            var isUUID = false
            if case .string(let text) = attribute.value { isUUID = AttributeMatcher.isUUID(text) }
            guard unboundedKeys.contains(attribute.key) || isUUID, told.insert(attribute.key).inserted else {
                return nil
            }
            let text = SpanText.attribute(attribute)
            return .init(
                .boundedMetricAttributes,
                "The metric \(metric.descriptor.name) is told apart by \(text), of which there is no end.")
        }
    }
}
