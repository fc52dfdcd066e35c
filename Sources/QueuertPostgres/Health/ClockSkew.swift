internal import Queuert

/// How far the server's clock is ahead of this machine's.
struct ClockSkew: Sendable {
    /// How far it is ahead; negative if it is behind.
    let ahead: Duration
    /// By how much that may be wrong: what the way to the server took.
    let uncertainty: Duration

    private static let tolerance = Duration.seconds(1)

    /// Asks the server for its time, a few times, and goes by the quickest answer.
    static func measure(on pool: PostgresPool, _ machine: any QueueClock) async throws -> ClockSkew {
        try await pool.read { db in
            var best: ClockSkew?
            for _ in 0..<3 {
                // First, so that what comes between them counts as uncertain.
                let start = ContinuousClock.now
                let asked = machine.now
                let server = try db.serverTime()
                let uncertainty = (ContinuousClock.now - start) / 2
                let skew = ClockSkew(ahead: server - (asked + uncertainty), uncertainty: uncertainty)
                if best.map({ uncertainty < $0.uncertainty }) ?? true { best = skew }
            }
            return best ?? ClockSkew(ahead: .zero, uncertainty: .zero)
        }
    }

    func report(to diagnosis: inout Diagnosis) {
        diagnosis.facts.append(DiagnosisFact("clockSkewSeconds", .duration(ahead)))
        let distance = ahead < .zero ? .zero - ahead : ahead
        guard distance - uncertainty > Self.tolerance else { return }
        let seconds = (Double(distance.wholeMicroseconds) / 100_000).rounded() / 10
        diagnosis.findings.append(
            DiagnosisFinding(
                .warning, .clockSkew,
                "The server's clock is \(seconds) s \(ahead < .zero ? "behind" : "ahead of") this machine's.",
                hint: """
                    Jobs go by the server's clock and don't mind; the times of logs and traces don't fit together. Have \
                    both machines keep time by NTP.
                    """))
    }
}
