/// The collector's own metrics, as text that Prometheus reads; named as the OpenTelemetry Collector names its.
struct CollectorMetrics: CustomStringConvertible {
    let counts: CollectorStatistics.Counts
    let sizes: StoreSizes
    let intakeBytes: Int
    let forwardingBytes: Int?

    private struct Sample {
        var labels: [(String, String)] = []
        let value: Int
    }

    /// The text.
    var description: String {
        var text = ""
        let items = Signal.allCases.map { ($0, counts.items[$0, default: .init()]) }
        for (signal, items) in items {
            let name = signal.metricName
            counter(&text, "otelcol_receiver_accepted_\(name)", "\(signal.item)s in the database.", items.accepted)
            counter(
                &text, "otelcol_receiver_refused_\(name)",
                "\(signal.item)s that something is wrong with, as was told to their senders.", items.refused)
            counter(
                &text, "otelcol_receiver_failed_\(name)",
                "\(signal.item)s that could not be stored, so that their senders were asked to send them again.",
                items.failed)
        }
        write(
            &text, "queuert_collector_receiver_repeated", "counter", "Items that were there already.",
            items.map { Sample(labels: [("signal", $0.0.rawValue)], value: $0.1.repeated) })
        write(
            &text, "queuert_collector_receiver_conflicting", "counter",
            "Items that were left out, since others came under the same ids before.",
            items.map { Sample(labels: [("signal", $0.0.rawValue)], value: $0.1.conflicting) })
        let requests = counts.requests.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { signal, statuses in
            statuses.sorted { $0.key < $1.key }.map { status, count in
                Sample(labels: [("signal", signal.rawValue), ("status", String(status))], value: count)
            }
        }
        write(&text, "queuert_collector_receiver_requests", "counter", "Requests, by their answer.", requests)
        counter(&text, "queuert_collector_receiver_bytes", "Bytes of requests.", counts.receivedBytes)
        counter(
            &text, "queuert_collector_receiver_decompressed_bytes", "Bytes of requests after decompression.",
            counts.decompressedBytes)
        gauge(&text, "queuert_collector_receiver_memory_bytes", "Bytes of requests in memory.", intakeBytes)
        let losses = counts.losses.map { loss, count in
            Sample(labels: [("what", loss.what), ("reason", loss.reason)], value: count)
        }
        write(&text, "queuert_collector_dropped", "counter", "What was removed or left out, and why.", losses)
        gauge(&text, "queuert_collector_store_bytes", "Bytes of the database that are in use.", sizes.bytes)
        let stored = [("traces", sizes.traces), ("spans", sizes.spans), ("logs", sizes.logs), ("points", sizes.points)]
        write(
            &text, "queuert_collector_store_rows", "gauge", "What is stored.",
            stored.map { Sample(labels: [("kind", $0.0)], value: $0.1) })
        if let forwardingBytes {
            counter(&text, "queuert_collector_forwarded_requests", "Requests sent on.", counts.forwarded)
            gauge(&text, "queuert_collector_forwarding_queue_bytes", "Bytes that wait to be sent on.", forwardingBytes)
        }
        return text
    }

    private func counter(_ text: inout String, _ name: String, _ help: String, _ value: Int) {
        write(&text, name, "counter", help, [Sample(value: value)])
    }

    private func gauge(_ text: inout String, _ name: String, _ help: String, _ value: Int) {
        write(&text, name, "gauge", help, [Sample(value: value)])
    }

    /// Writes a metric; a counter's name ends as Prometheus wants it.
    private func write(_ text: inout String, _ name: String, _ type: String, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        let name = type == "counter" ? "\(name)_total" : name
        text += "# HELP \(name) \(help.prefix(1).uppercased())\(help.dropFirst())\n# TYPE \(name) \(type)\n"
        for sample in samples {
            // All labels are words of our own, which need no escapes.
            let labels = sample.labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
            text += labels.isEmpty ? "\(name) \(sample.value)\n" : "\(name){\(labels)} \(sample.value)\n"
        }
    }
}

extension Signal {
    /// What the Collector calls its items in the names of its metrics.
    fileprivate var metricName: String {
        switch self {
        case .traces: "spans"
        case .metrics: "metric_points"
        case .logs: "log_records"
        }
    }
}

extension CollectorStatistics.Counts {
    /// Something that was removed or left out.
    struct Loss: Sendable {
        let what: String
        let reason: String
    }

    /// What was removed or left out, and how often.
    var losses: [(Loss, Int)] {
        let pruned = [
            ("traces", prunedTraces), ("spans", prunedSpans), ("logs", prunedLogs), ("points", prunedPoints),
        ].map { (Loss(what: $0.0, reason: "retention"), $0.1) }
        let refused = Signal.allCases.map { signal in
            (Loss(what: "\(signal.item)s", reason: "invalid"), items[signal, default: .init()].refused)
        }
        let dropped = dropped.map { drop, count in
            (Loss(what: drop.destination.rawValue, reason: drop.reason.rawValue), count)
        }
        return pruned + refused + dropped.sorted { ($0.0.what, $0.0.reason) < ($1.0.what, $1.0.reason) }
    }
}
