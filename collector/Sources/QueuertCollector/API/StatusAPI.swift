internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// What the collector says of itself: whether it is ready, what it has counted, and what its senders say they lost.
struct StatusAPI: Sendable {
    /// The metrics by which senders tell of what they could not export.
    private static let selfMetrics = "otel.sdk."

    let intake: TelemetryIntake
    let limit: IntakeLimit
    let retention: RetentionConfiguration
    let forwarder: Forwarder?

    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        router.get("ready") { _, _ in
            await Response.answering {
                // A database that can't be written can't keep what is received.
                try await intake.store.checkWritable()
                return .json(Array(#"{"status":"ready"}"#.utf8))
            }
        }
        router.get("api/status") { _, _ in
            await Response.answering {
                let sizes = try await intake.store.sizes()
                let senders = try await intake.store.lastPoints(ofMetrics: Self.selfMetrics, limit: 500)
                return .json(try document(intake.statistics.counts, sizes, senders))
            }
        }
        router.get("metrics") { _, _ in
            await Response.answering {
                let text = CollectorMetrics(
                    counts: intake.statistics.counts, sizes: try await intake.store.sizes(),
                    intakeBytes: limit.usedBytes, forwardingBytes: forwarder?.waitingBytes)
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: .init(byteBuffer: ByteBuffer(string: text.description)))
            }
        }
    }

    private func document(
        _ counts: CollectorStatistics.Counts, _ sizes: StoreSizes, _ senders: [LastPoint]
    ) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("signals")
        writer.beginObject()
        for signal in Signal.allCases { write(signal, counts, to: &writer) }
        writer.endObject()
        writer.key("receivedBytes")
        writer.number(counts.receivedBytes)
        writer.key("decompressedBytes")
        writer.number(counts.decompressedBytes)
        writer.key("store")
        write(sizes, to: &writer)
        writer.key("dropped")
        writer.beginArray()
        for (what, count) in counts.losses where count > 0 {
            writer.beginObject()
            writer.key("what")
            writer.string(what.what)
            writer.key("reason")
            writer.string(what.reason)
            writer.key("count")
            writer.number(count)
            writer.endObject()
        }
        writer.endArray()
        if let forwarder {
            writer.key("forwarding")
            writer.beginObject()
            writer.key("endpoint")
            writer.string(forwarder.endpoint)
            writer.key("requests")
            writer.number(counts.forwarded)
            writer.key("waitingBytes")
            writer.number(forwarder.waitingBytes)
            writer.endObject()
        }
        writer.key("senders")
        writer.beginArray()
        for sender in senders { try write(sender, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ signal: Signal, _ counts: CollectorStatistics.Counts, to writer: inout JSONWriter) {
        let items = counts.items[signal, default: .init()]
        writer.key(text: signal.rawValue)
        writer.beginObject()
        for (name, count) in [
            ("accepted", items.accepted), ("repeated", items.repeated), ("conflicting", items.conflicting),
            ("refused", items.refused), ("failed", items.failed),
        ] {
            writer.key(text: name)
            writer.number(count)
        }
        writer.key("requests")
        writer.beginObject()
        for (status, count) in counts.requests[signal, default: [:]].sorted(by: { $0.key < $1.key }) {
            writer.key(text: String(status))
            writer.number(count)
        }
        writer.endObject()
        writer.endObject()
    }

    private func write(_ sizes: StoreSizes, to writer: inout JSONWriter) {
        writer.beginObject()
        for (name, count) in [
            ("bytes", sizes.bytes), ("limitBytes", retention.bytes), ("traces", sizes.traces), ("spans", sizes.spans),
            ("logs", sizes.logs), ("series", sizes.series), ("points", sizes.points),
        ] {
            writer.key(text: name)
            writer.number(count)
        }
        if let age = retention.age {
            writer.key("limitSeconds")
            writer.number(age.components.seconds)
        }
        if let oldest = sizes.oldest {
            writer.key("oldestReceivedUnixNano")
            writer.string(String(oldest))
        }
        writer.endObject()
    }

    private func write(_ sender: LastPoint, to writer: inout JSONWriter) throws {
        writer.beginObject()
        writer.key("service")
        writer.string(sender.service)
        writer.key("metric")
        writer.string(sender.name)
        let message = OTLPSchema.shared.points[sender.kind.field, default: 0]
        try OTLPJSON.writeMembers(of: sender.document, message, to: &writer) { $0 != "exemplars" }
        writer.endObject()
    }
}
