/// How many attempts a worker claims ahead, by how many handlers ended of late.
struct ClaimPace {
    /// How long what is claimed ahead is to last: longer than a claim takes, and soon enough for other workers to get the rest.
    private static var horizon: Duration { .milliseconds(10) }

    private let limit: Int
    /// When the last claim began, and how many handlers have ended since.
    private var began: ContinuousClock.Instant
    private var ended = 0
    /// The same from the claim before it until then: with few slots no handler ends while a claim is under way.
    private var beganBefore: ContinuousClock.Instant
    private var endedBefore = 0
    /// How many attempts to claim ahead.
    private(set) var ahead = 0

    /// Begins with nothing ahead.
    ///
    /// - Parameters:
    ///   - limit: How many attempts to claim ahead at most.
    ///   - now: The time.
    init(limit: Int, at now: ContinuousClock.Instant = .now) {
        self.limit = limit
        began = now
        beganBefore = now
    }

    mutating func claimBegins(at now: ContinuousClock.Instant = .now) {
        (beganBefore, endedBefore) = (began, ended)
        (began, ended) = (now, 0)
    }

    mutating func handlersEnded(_ count: Int) { ended += count }

    /// As many are claimed ahead as end within the horizon, and at least twice as many as ended during the claim.
    mutating func claimEnds(at now: ContinuousClock.Instant = .now) {
        func expected(_ ended: Int, since start: ContinuousClock.Instant) -> Int {
            Int(min(Double(ended) * (Self.horizon / max(now - start, .microseconds(1))), Double(limit)))
        }
        let expected = max(expected(ended, since: began), expected(ended + endedBefore, since: beganBefore))
        ahead = min(limit, max(expected, 2 * ended, ahead / 2))
    }

    /// Handlers take long: nothing is claimed ahead until some have ended.
    mutating func stop() { ahead = 0 }
}
