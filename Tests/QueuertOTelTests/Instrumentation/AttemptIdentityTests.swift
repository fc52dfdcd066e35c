import Queuert
import QueuertTraceTesting
import Testing

@testable import QueuertOTel

@Suite("The identity of an attempt") struct AttemptIdentityTests {
    private let creation = TraceContext(
        traceID: TraceID(high: 0x4bf9_2f35_77b3_4da6, low: 0xa3ce_929d_0e0e_4736),
        spanID: SpanID(value: 0x00f0_67aa_0ba9_02b7), flags: [.sampled, .random])

    private func row(id: String = "job", token: Int64 = 1, at microseconds: Int64 = 1_893_456_000_000_000) -> JobRow {
        let moment = Timestamp(microseconds: 1_893_456_000_000_000)
        return JobRow(
            id: JobID(rawValue: id), typeName: "single", chainID: JobID(rawValue: id), chainTypeName: "single",
            chainIndex: 0, input: "1", createdAt: moment, scheduledAt: moment, readyAt: moment, attempt: 1,
            lastAttemptAt: Timestamp(microseconds: microseconds), leaseToken: token, hasOpenBlockers: false)
    }

    @Test("never changes: what one version's worker has begun another's reaper ends")
    func fixed() {
        let identity = AttemptIdentity(of: row(), creation: creation)
        #expect(identity.spanID.description == "1e198420620bfe88")
        #expect(identity.traceID.description == "bc22d2c669a5b105c42e7ccc927831e9")
        let unknown = AttemptIdentity(of: row(), creation: nil)
        #expect(unknown.spanID.description == "4ee8c2a6486528aa")
        #expect(unknown.traceID.description == "13886e52beba8837e66b3998ef1a1086")
    }

    @Test("is another for each claim of a job, for each job, and after a database was set back")
    func distinct() {
        var identities: Set<AttemptIdentity> = []
        var count = 0
        for number in 0..<50 {
            var creation = creation
            creation.spanID = SpanID(value: creation.spanID.value + UInt64(number))
            for token in 1...50 {
                for moment in [1_893_456_000_000_000, 1_893_456_000_000_001] as [Int64] {
                    let row = row(id: "job \(number)", token: Int64(token), at: moment)
                    for creation in [creation, nil] {
                        identities.insert(AttemptIdentity(of: row, creation: creation))
                        count += 1
                    }
                }
            }
        }
        #expect(identities.count == count)
        #expect(Set(identities.map(\.spanID)).count == count)
        #expect(Set(identities.map(\.traceID.high)).count == count)
        #expect(Set(identities.map(\.traceID.low)).count == count)
    }

    @Test("is spread over all bits, though claims are numbered one by one")
    func spread() {
        let words = (1...4_096).flatMap { token in
            let identity = AttemptIdentity(of: row(token: Int64(token)), creation: creation)
            return [identity.spanID.value, identity.traceID.high, identity.traceID.low]
        }
        for bit in 0..<64 {
            let ones = words.count { $0 >> UInt64(bit) & 1 == 1 }
            // Ten times what chance makes of 12,288 tosses.
            #expect(abs(ones - words.count / 2) < 560, "bit \(bit)")
        }
    }

    @Test("a claim stores nothing, and of an attempt that succeeded in the trace of its job nothing is stored at all")
    func stored() async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            let chain = try await client.startJobChain(Single.self, input: 1)
            let linked = try await client.startJobChain(Single.self, input: 2, trace: .linked)
            let running: [JobRow] = try await client.withTransaction { db in
                let claimed = try client.adapter.operations(on: db).claimJobs(
                    ClaimRequest(typeNames: ["single"], limit: 2, worker: "dead", leaseDuration: .seconds(30)))
                return claimed.jobs.map(\.row)
            }
            #expect(running.map(\.trace.attemptContext) == [nil, nil])
            queue.clock.advance(by: .seconds(31))
            try await queue.working([.atomic(Single.self) { job, _ in .finish(job.input) }]) {
                try await queue.recorder.expect {
                    trace { span("start single") { span("process single").status(.error).containing() } }
                    trace { span("start single").containing() }
                    trace { span("process single").status(.error).containing() }
                }
                queue.pass(.seconds(1), waking: "single")
                _ = try await client.awaitJobChain(chain)
                _ = try await client.awaitJobChain(linked)
            }
            // Of what was lost all is stored, since the next attempt links to it.
            for (id, row) in [(chain.id, running[0]), (linked.id, running[1])] {
                let creation = try #require(row.trace.jobContext.flatMap { TraceContext(traceparent: $0) })
                let identity = AttemptIdentity(of: row, creation: creation)
                let lost = try #require(
                    try await client.failedAttempts(ofJob: id)[0].attemptContext.flatMap {
                        TraceContext(traceparent: $0)
                    })
                #expect(lost.spanID == identity.spanID)
                #expect(lost.traceID == (id == chain.id ? creation.traceID : identity.traceID))
            }
            let ended = try await client.jobs(ofChain: chain.id)[0]
            #expect(ended.trace.attemptContext == nil)
            let found = try #require(ended.lastAttemptContext.flatMap { TraceContext(traceparent: $0) })
            #expect(queue.recorder.spans(named: "process single").contains { $0.context.spanID == found.spanID })
            let apart = try await client.jobs(ofChain: linked.id)[0]
            let own = try #require(apart.trace.attemptContext.flatMap { TraceContext(traceparent: $0) })
            #expect(queue.recorder.spans(named: "process single").contains { $0.context.traceID == own.traceID })
        }
    }
}
