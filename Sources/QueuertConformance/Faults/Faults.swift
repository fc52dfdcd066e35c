import Synchronization

/// What a ``FaultyStateAdapter`` was told to do, and what it counted.
public final class Faults: Sendable {
    /// A place where an adapter can fail.
    public enum Place: String, Sendable, Hashable, CaseIterable {
        /// A transaction begins.
        case begin
        /// A read begins.
        case read
        /// Jobs are written.
        case insertJobs
        /// Jobs are claimed.
        case claimJobs
        /// Leases are prolonged.
        case renewLeases
        /// Leases that are over are looked for.
        case expiredLeases
        /// An idle worker looks whether there is anything to claim.
        case nextClaimableIn
        /// Attempts are ended.
        case settle
        /// The last job of a chain is looked at, and locked.
        case lockedLastJob
        /// Jobs are made due.
        case triggerJobs
        /// Failed jobs are made due again.
        case redriveJobs
        /// Chains are cancelled.
        case cancelChains
        /// Chains are deleted.
        case deleteChains
        /// Chains that ended long ago are deleted.
        case cleanUp
        /// Types are paused or resumed.
        case setPaused
        /// Jobs that are blocked by nothing are looked for.
        case hasStrandedJobs
        /// Jobs that are blocked by nothing are made ready.
        case unblockStrandedJobs
        /// Jobs are counted.
        case jobCounts
        /// Paused types are looked up.
        case pausedTypes
        /// The ends of a chain are looked up.
        case chainEnds
        /// The jobs of a chain are looked up.
        case chainJobs
        /// A job is looked up.
        case job
        /// The attempts of a job are looked up.
        case failedAttempts
        /// What a job waits for is looked up.
        case blockers
        /// Chains are listed.
        case listChains
        /// Jobs are listed.
        case listJobs
        /// Telemetry is kept.
        case keepTelemetry
    }
    private struct State {
        var failures: [Place: Int] = [:]
        var failingCommits: [Place: Int] = [:]
        var lostReplies: [Place: Int] = [:]
        var runs: FaultRuns?
        var hold: (place: Place, hold: Hold)?
        /// How many claims are to find nothing.
        var vainClaims = 0
    }
    private let state = Mutex(State())
    private let journal = Journal()

    /// Lets the next visits of a place fail with ``InjectedFault``.
    ///
    /// - Parameters:
    ///   - place: Where.
    ///   - times: How often.
    public func fail(_ place: Place, times: Int) { state.withLock { $0.failures[place] = times } }

    /// Lets the next commits of transactions that have visited a place fail with ``InjectedFault``.
    ///
    /// - Parameters:
    ///   - place: Where.
    ///   - times: How often.
    public func failCommit(after place: Place, times: Int) { state.withLock { $0.failingCommits[place] = times } }

    /// Lets the next replies of transactions that have visited a place be lost: they are committed, and fail with
    /// ``InjectedFault`` all the same, as when a connection breaks at that moment.
    ///
    /// - Parameters:
    ///   - place: Where.
    ///   - times: How often.
    public func loseReply(after place: Place, times: Int) { state.withLock { $0.lostReplies[place] = times } }

    /// Lets the next claims find nothing, though jobs may be due, as while other transactions have those locked.
    ///
    /// - Parameter times: How often.
    public func withholdJobs(times: Int) { state.withLock { $0.vainClaims = times } }

    /// Lets errors come in runs, by chance: between 4 and 15 transactions and reads go well, then between 1 and 20 fail, and so
    /// on, until ``clear()``.
    ///
    /// A transaction fails to begin, or in one of its statements, or at its commit; or only its reply is lost.
    ///
    /// - Parameter seed: Where chance begins: the same seed makes the same faults for the same visits.
    public func failInRuns(seed: UInt64) { state.withLock { $0.runs = FaultRuns(seed: seed) } }

    /// Lets nothing fail any more, and claims find jobs.
    public func clear() {
        state.withLock { state in
            state.vainClaims = 0
            state.failures = [:]
            state.failingCommits = [:]
            state.lostReplies = [:]
            state.runs = nil
        }
    }

    /// How often a place was visited, failures included.
    ///
    /// - Parameter place: Where.
    /// - Returns: The number of visits.
    public func count(of place: Place) -> Int { journal.count(of: place.rawValue) }

    /// How often each place was visited, failures included; without those that were not.
    public var counts: [Place: Int] {
        let counts = journal.counts
        return Dictionary(
            uniqueKeysWithValues: Place.allCases.compactMap { place in counts[place.rawValue].map { (place, $0) } })
    }

    /// Waits until a place was visited so often.
    ///
    /// - Parameters:
    ///   - count: How often, since the adapter was made.
    ///   - place: Where.
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func wait(for count: Int, of place: Place) async throws {
        try await journal.wait(for: count, of: place.rawValue)
    }

    /// Lets the next transaction that visits a place pause before its commit.
    ///
    /// - Parameter place: Where.
    /// - Returns: The pause, to be ended.
    public func hold(_ place: Place) -> Hold {
        let hold = Hold()
        state.withLock { $0.hold = (place, hold) }
        return hold
    }

    func pass(_ place: Place) throws {
        VisitedPlaces.current?.add(place)
        defer { journal.add(place.rawValue) }
        let fails = state.withLock { $0.failures.takeOne(of: [place]) != nil }
        if fails || VisitedPlaces.current?.takeStatementFault() == true { throw InjectedFault(place: place) }
    }

    /// Whether a claim is to find nothing.
    func takeVainClaim() -> Bool {
        state.withLock { state in
            guard state.vainClaims > 0 else { return false }
            state.vainClaims -= 1
            return true
        }
    }

    /// What chance has in store for a transaction or a read that begins.
    func nextFault() -> FaultRuns.Fault? { state.withLock { $0.runs?.next() } }

    func passCommit() throws {
        guard let current = VisitedPlaces.current else { return }
        if current.fault == .commit { throw InjectedFault(place: .begin) }
        let failing = state.withLock { $0.failingCommits.takeOne(of: current.places) }
        if let failing { throw InjectedFault(place: failing) }
    }

    /// Whether a commit is to fail or to pause, or its reply to be lost.
    var concernCommits: Bool {
        state.withLock { state in
            state.hold != nil || state.runs != nil
                || [state.failingCommits, state.lostReplies].contains { $0.contains { $0.value > 0 } }
        }
    }

    func passReply() throws {
        guard let current = VisitedPlaces.current else { return }
        if current.fault == .reply { throw InjectedFault(place: .begin) }
        let lost = state.withLock { $0.lostReplies.takeOne(of: current.places) }
        if let lost { throw InjectedFault(place: lost) }
    }

    /// The pause, if the current transaction visited the place that is held.
    func takeHold() -> Hold? {
        guard let visited = VisitedPlaces.current?.places else { return nil }
        return state.withLock { state in
            guard let held = state.hold, visited.contains(held.place) else { return nil }
            state.hold = nil
            return held.hold
        }
    }
}

extension [Faults.Place: Int] {
    /// Uses up one of those that are left for one of some places.
    fileprivate mutating func takeOne(of places: Set<Faults.Place>) -> Faults.Place? {
        guard let place = places.first(where: { self[$0, default: 0] > 0 }) else { return nil }
        self[place, default: 0] -= 1
        return place
    }
}

/// A transaction that pauses before its commit.
public final class Hold: Sendable {
    private let journal = Journal()

    /// Waits until the transaction pauses.
    ///
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func reached() async throws { try await journal.wait(of: "reached") }

    /// Lets the transaction go on.
    public func release() { journal.add("released") }

    func pause() async throws {
        journal.add("reached")
        try await journal.wait(of: "released")
    }
}

/// What a ``FaultyStateAdapter`` fails with.
public struct InjectedFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it failed.
    public let place: Faults.Place

    /// What was wrong and what to do.
    public var description: String {
        "A test let \(place.rawValue) fail. It goes on when the test's faults are used up."
    }
}
