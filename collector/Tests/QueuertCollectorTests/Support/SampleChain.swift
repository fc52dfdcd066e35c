import Foundation

@testable import QueuertCollector

/// A chain as the library tells it, written down with times in milliseconds.
struct SampleChain {
    /// What an attempt is like.
    struct Attempt {
        /// When a worker took the job.
        var at: UInt64
        /// For how long it ran.
        var length: UInt64
        var result = "completed"
        var error: String?
        var message = ""
        /// When the job is due again.
        var dueAgain: UInt64?
        var beginsSegment = false
    }

    /// The moment that all times count from.
    static let origin: UInt64 = 1_790_000_000_000_000_000

    let id: String
    let type: String
    var service: String
    private(set) var spans: [ReceivedSpan] = []
    private(set) var start: ReceivedSpan
    private(set) var ended: UInt64 = 0
    private var trace: Int
    private var number: Int
    private var index = 0
    private var segment = 0
    private var producer: ReceivedSpan
    private var jobType: String
    private var readySince: UInt64
    private var blocked: UInt64 = 0
    private var attempts: [ReceivedSpan] = []
    private var dueAgain: UInt64?

    /// Starts a chain; `number` makes its identifiers.
    init(_ type: String, number: Int, at: UInt64, service: String = "shop") {
        id = "chain-\(number)"
        self.type = type
        self.service = service
        jobType = type
        trace = number
        self.number = number * 1000
        readySince = at
        start = ReceivedSpan()
        producer = start
        var span = self.span("start \(type)", kind: 4, from: max(at, 1) - 1, to: at, type: "send")
        span.attributes += [.init("queuert.trace.mode", .string("bounded")), .init("queuert.chain.segment", .int(0))]
        start = span
        producer = span
        spans.append(span)
    }

    /// An attempt of the current job.
    mutating func process(_ attempt: Attempt) {
        let since = attempts.isEmpty ? readySince : ended
        let runnable = attempts.isEmpty ? since + blocked : dueAgain ?? since
        var span = span(
            "process \(jobType)", kind: 5, from: attempt.at, to: attempt.at + attempt.length, type: "process",
            parent: producer.spanID)
        span.links = [link(to: producer, "creation")] + attempts.suffix(1).map { link(to: $0, "retry_of") }
        if attempt.beginsSegment {
            trace += 500
            segment += 1
            span.links.append(link(to: producer, "chain"))
            (span.traceID, span.parentSpanID) = (Sample.traceID(trace), "")
        }
        func add(_ key: String, _ value: ReceivedValue) { span.attributes.append(.init(key, value)) }
        add("queuert.job.attempt", .int(Int64(attempts.count + 1)))
        add("queuert.trace.mode", .string("bounded"))
        add("queuert.worker.id", .string("worker-1"))
        add("messaging.client.id", .string("worker-1"))
        if blocked > 0, attempts.isEmpty { add("queuert.job.wait.blocked_s", .double(Double(blocked) / 1000)) }
        if let dueAgain, dueAgain > since {
            add("queuert.job.wait.backoff_s", .double(Double(dueAgain - since) / 1000))
        }
        add("queuert.job.wait.queue_s", .double(Double(attempt.at - runnable) / 1000))
        add("queuert.chain.segment", .int(Int64(segment)))
        add("queuert.attempt.result", .string(attempt.result))
        if let error = attempt.error ?? (attempt.result == "lost" ? "worker_lost" : nil) {
            add("error.type", .string(error))
            span.status = .init(code: 2, message: attempt.message)
        }
        if let due = attempt.dueAgain { add("queuert.rescheduled_at", .string(Self.iso8601(due))) }
        dueAgain = attempt.dueAgain
        ended = attempt.at + attempt.length
        attempts.append(span)
        spans.append(span)
    }

    /// A worker took the job, and nothing else was told of it: the wait for the worker is what is known.
    mutating func processOpen(at: UInt64) {
        var span = span(
            "wait \(jobType)", kind: 1, from: readySince, to: at, type: nil, parent: producer.spanID)
        span.attributes.append(.init("queuert.wait.type", .string("queue")))
        spans.append(span)
    }

    /// The chain goes on with another job.
    mutating func `continue`(_ jobType: String) {
        index += 1
        self.jobType = jobType
        readySince = ended
        let origin = attempts.last
        attempts = []
        (blocked, dueAgain) = (0, nil)
        var span = span("continue \(jobType)", kind: 4, from: ended, to: ended, type: "send", parent: start.spanID)
        span.attributes += [
            .init("queuert.trace.mode", .string("bounded")), .init("queuert.chain.segment", .int(Int64(segment))),
        ]
        if let origin { span.links = [link(to: origin, "origin")] }
        if segment > 0 { span.parentSpanID = attempts.last?.spanID ?? "" }
        producer = span
        spans.append(span)
    }

    /// The current job waits for other chains.
    mutating func waits(for chains: [SampleChain]) {
        producer.attributes += [
            .init("queuert.blocker.chain.ids", .array(chains.map { .string($0.id) })),
            .init("queuert.blocker.count", .int(Int64(chains.count))),
        ]
        spans[spans.count - 1] = producer
    }

    /// The current job waited for other chains, which have ended.
    mutating func await(_ chains: [SampleChain]) {
        for (place, chain) in chains.enumerated() {
            var span = span(
                "await \(chain.type)", kind: 1, from: readySince, to: chain.ended, type: nil, parent: producer.spanID)
            span.attributes = [
                .init("messaging.system", .string("queuert")), .init("messaging.message.conversation_id", .string(id)),
                .init("queuert.job.id", .string(jobID)), .init("queuert.job.type", .string(jobType)),
                .init("queuert.blocker.chain.id", .string(chain.id)),
                .init("queuert.blocker.chain.type", .string(chain.type)),
                .init("queuert.blocker.index", .int(Int64(place))), .init("queuert.wait.type", .string("blocked")),
            ]
            span.links = [link(to: chain.start, "blocker")]
            spans.append(span)
            blocked = max(blocked, chain.ended - readySince)
        }
    }

    /// The chain ends.
    mutating func end() {
        var span = span(
            "chain \(type)", kind: 1, from: (start.startTime - Self.origin) / 1_000_000, to: ended, type: nil,
            parent: start.spanID)
        span.traceID = start.traceID
        span.attributes = [
            .init("messaging.system", .string("queuert")), .init("messaging.message.conversation_id", .string(id)),
            .init("queuert.chain.id", .string(id)), .init("queuert.chain.type", .string(type)),
            .init("queuert.chain.jobs", .int(Int64(index + 1))),
        ]
        if let last = attempts.last { span.links = [link(to: last, "completed_by")] }
        spans.append(span)
    }

    private var jobID: String { index == 0 ? id : "\(id)-\(index)" }

    private mutating func span(
        _ name: String, kind: Int, from: UInt64, to: UInt64, type operation: String?, parent: String? = nil
    ) -> ReceivedSpan {
        number += 1
        var span = Sample.span(trace: trace, number, name: name, service: service)
        (span.startTime, span.endTime) = (Self.origin + from * 1_000_000, Self.origin + to * 1_000_000)
        span.kind = kind
        span.parentSpanID = parent ?? ""
        let word = String(name.prefix { $0 != " " })
        span.attributes = [
            .init("messaging.system", .string("queuert")), .init("messaging.operation.name", .string(word)),
            .init("messaging.destination.name", .string(jobType)), .init("messaging.message.id", .string(jobID)),
            .init("messaging.message.conversation_id", .string(id)), .init("queuert.chain.id", .string(id)),
            .init("queuert.chain.type", .string(type)), .init("queuert.chain.index", .int(Int64(index))),
            .init("queuert.job.id", .string(jobID)), .init("queuert.job.type", .string(jobType)),
        ]
        if let operation { span.attributes.append(.init("messaging.operation.type", .string(operation))) }
        return span
    }

    private func link(to span: ReceivedSpan, _ type: String) -> ReceivedSpan.Link {
        .init(traceID: span.traceID, spanID: span.spanID, attributes: [.init("queuert.link.type", .string(type))])
    }

    private static func iso8601(_ milliseconds: UInt64) -> String {
        let date = Date(timeIntervalSince1970: Double(origin / 1_000_000 + milliseconds) / 1000)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// An order: it waits for the stock, its card is declined twice, and the worker that sends the receipt dies.
    static func order() -> [ReceivedSpan] {
        var spans: [ReceivedSpan] = []
        var stocks: [SampleChain] = []
        for number in 1...8 {
            var stock = SampleChain("reserve-stock", number: number + 10, at: 5, service: "warehouse")
            stock.process(.init(at: 60 + UInt64(number) * 10, length: 20))
            if number == 3 {
                stock.continue("confirm-stock")
                stock.process(.init(at: 120, length: 30, result: "failed", error: "StockMoved", dueAgain: 1000))
                stock.process(.init(at: 1010, length: 40))
            }
            stock.end()
            stocks.append(stock)
            spans += stock.spans
        }
        var order = SampleChain("place-order", number: 1, at: 2)
        order.process(.init(at: 12, length: 48))
        order.continue("check-stock")
        order.await(stocks)
        order.process(.init(at: 1060, length: 40))
        order.continue("charge-card")
        order.process(
            .init(at: 1110, length: 90, result: "failed", error: "CardDeclined", message: "no funds", dueAgain: 2200))
        order.process(.init(at: 2210, length: 90, result: "failed", error: "timeout", dueAgain: 4300))
        order.process(.init(at: 4400, length: 200, beginsSegment: true))
        order.continue("send-receipt")
        order.process(.init(at: 4610, length: 900, result: "lost", message: "the lease ran out", dueAgain: 5510))
        order.process(.init(at: 5520, length: 60))
        order.end()
        return spans + order.spans
    }
}
