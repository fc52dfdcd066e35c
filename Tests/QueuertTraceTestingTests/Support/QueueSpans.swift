import QueuertOTel

/// Made-up spans of a queue, as far as the harness looks at them; they start at their number, unless said otherwise.
enum QueueSpans {
    static func span(
        _ id: UInt64, _ name: String, kind: SpanData.Kind, below parent: UInt64? = nil, trace: UInt64 = 1,
        start: UInt64? = nil, end: UInt64? = nil, job: String = "job", chain: String = "chain",
        _ attributes: [String: AttributeValue] = [:], links: [SpanData.Link] = [],
        status: SpanData.Status = .unset
    ) -> SpanData {
        var all: [String: AttributeValue] = [
            "messaging.system": "queuert", "queuert.job.id": .string(job), "queuert.job.type": "order",
            "queuert.chain.id": .string(chain), "queuert.chain.type": "order",
        ]
        all.merge(attributes) { $1 }
        var span = recorded(
            id, name, below: parent, trace: trace, kind: kind, start: start, attributes: all, links: links,
            status: status)
        span.end = end ?? span.end
        return span
    }

    static func start(_ id: UInt64, job: String = "job", chain: String = "chain", at start: UInt64? = nil) -> SpanData {
        span(id, "start order", kind: .producer, start: start, job: job, chain: chain)
    }

    static func attempt(
        _ number: Int64, id: UInt64, below parent: UInt64? = nil, job: String = "job", chain: String = "chain",
        start: UInt64? = nil, end: UInt64? = nil, result: String = "completed",
        _ more: [String: AttributeValue] = [:]
    ) -> SpanData {
        var attributes: [String: AttributeValue] = [
            "messaging.operation.type": "process", "queuert.job.attempt": .int(number),
            "queuert.attempt.result": .string(result),
        ]
        attributes.merge(more) { $1 }
        return span(
            id, "process order", kind: .consumer, below: parent, start: start, end: end, job: job, chain: chain,
            attributes)
    }
}
