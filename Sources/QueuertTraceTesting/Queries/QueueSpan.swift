import QueuertOTel

/// A span that a queue told, with what its attributes say.
struct QueueSpan: Sendable {
    let data: SpanData

    /// The span, if a queue told it.
    init?(_ data: SpanData) {
        guard data[attribute: "messaging.system"] == "queuert" else { return nil }
        self.data = data
    }

    /// Whether it is an attempt of a job.
    var isAttempt: Bool { data.kind == .consumer && text("messaging.operation.type") == "process" }
    var jobID: String? { text("queuert.job.id") }
    var jobType: String? { text("queuert.job.type") }
    var chainID: String? { text("queuert.chain.id") ?? text("messaging.message.conversation_id") }
    var chainType: String? { text("queuert.chain.type") }
    var result: String? { text("queuert.attempt.result") }
    var attempt: Int64? { int("queuert.job.attempt") }
    var chainIndex: Int64? { int("queuert.chain.index") }
    /// The first word of the name.
    var operation: Substring { data.name.prefix { $0 != " " } }

    func text(_ key: String) -> String? {
        if case .string(let text) = data[attribute: key] { text } else { nil }
    }

    func int(_ key: String) -> Int64? {
        if case .int(let number) = data[attribute: key] { number } else { nil }
    }

    /// Seconds as a time, to the microsecond, as queues count.
    func duration(_ key: String) -> Duration? {
        if case .double(let seconds) = data[attribute: key] {
            .microseconds(Int64((seconds * 1_000_000).rounded()))
        } else {
            nil
        }
    }
}
