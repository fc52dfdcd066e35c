/// How long a checkpoint that ends the log waits: for reads to end, then for its turn to write, and then, inside SQLite,
/// for other processes.
///
/// All of that together has one limit, since reads that begin are held up from first to last. What the checkpoint itself
/// takes, which writes the rest of the log into the database, comes on top.
struct CheckpointPatience {
    /// How long that is when the log has just reached its limit.
    private let base: Duration
    /// How long that is for a log of this size: longer in proportion when it has more, up to eight times.
    let whole: Duration
    private let end: ContinuousClock.Instant

    /// Begins to wait.
    ///
    /// - Parameters:
    ///   - base: How long others are waited for when the log has just reached its limit.
    ///   - growth: How many times its limit the log has.
    ///   - start: What time it is.
    init(_ base: Duration, growth: Int, from start: ContinuousClock.Instant) {
        self.base = base
        whole = base * min(max(growth, 1), 8)
        end = start + whole
    }

    /// What is left.
    func rest(at now: ContinuousClock.Instant) -> Duration { max(.zero, end - now) }

    /// What is left for other processes, never more than the base: nobody can write here while they are waited for.
    func restForOthers(at now: ContinuousClock.Instant) -> Duration { min(base, rest(at: now)) }

    /// How long it isn't tried again after it was in vain, so that nobody is held up for more than a fifth of the time.
    var pause: Duration { whole * 4 }
}
