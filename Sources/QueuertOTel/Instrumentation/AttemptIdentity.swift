internal import Queuert

/// The identity of an attempt's span: it follows from what is stored with the job anyway.
///
/// So a claim stores nothing for the sake of tracing, and whoever settles the attempt, the worker or the reaper that takes its
/// lease away, finds the same identity. The lease's token tells apart the attempts of a job, and the time of the claim those
/// that a database has forgotten, as one that was set back to a backup.
struct AttemptIdentity: Hashable {
    /// The trace that the attempt begins, if it begins one.
    let traceID: TraceID
    /// The attempt's span.
    let spanID: SpanID

    /// Works it out.
    ///
    /// - Parameters:
    ///   - row: The job, as the claim left it.
    ///   - creation: The span that created the job, if it is known.
    init(of row: JobRow, creation: TraceContext?) {
        let job = creation.map(Self.word) ?? Self.word(of: row)
        let time = UInt64(bitPattern: row.lastAttemptAt?.microseconds ?? 0)
        let claim = Self.mix(UInt64(bitPattern: row.leaseToken), time, key: 0x9E37_79B9_7F4A_7C15)
        // Any keys do, as long as they never change. No identifier is all zero.
        spanID = SpanID(value: max(1, Self.mix(job, claim, key: 0x9E37_79B9_7F4A_7C15)))
        traceID = TraceID(
            high: Self.mix(job, claim, key: 0xC2B2_AE3D_27D4_EB4F),
            low: max(1, Self.mix(job, claim, key: 0x1656_67B1_9E37_79F9)))
    }

    /// A word that depends on each bit of two others, and in another way with another key.
    private static func mix(_ first: UInt64, _ second: UInt64, key: UInt64) -> UInt64 {
        IdentifierSequence.scramble(IdentifierSequence.scramble(first, key) &+ second, key)
    }

    private static func word(of creation: TraceContext) -> UInt64 {
        let trace = mix(creation.traceID.high, creation.traceID.low, key: 0xC2B2_AE3D_27D4_EB4F)
        return mix(trace, creation.spanID.value, key: 0x1656_67B1_9E37_79F9)
    }

    /// The identifiers of jobs may be anything, and the same in several databases.
    private static func word(of row: JobRow) -> UInt64 {
        row.id.rawValue.utf8.reduce(UInt64(bitPattern: row.createdAt.microseconds)) { word, byte in
            IdentifierSequence.scramble(word, UInt64(byte) + 1)
        }
    }
}
