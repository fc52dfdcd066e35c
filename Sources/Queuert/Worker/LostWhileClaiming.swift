/// Which of the jobs that are just being claimed are said to have lost their lease.
///
/// A claim may be committed, and the chain of one of its jobs cancelled, before its worker knows what it has.
struct LostWhileClaiming: Sendable {
    private var isClaiming = false
    private var jobIDs: Set<JobID> = []
    /// Whether any may have, because hints were lost, or there were too many to remember.
    private var mayBeAny = false

    /// How many jobs are remembered at most: a claim may take long, and others lose leases meanwhile.
    private static var limit: Int { 1_000 }

    /// A claim begins; what was said before is about no job of it.
    mutating func claimBegins() {
        self = Self()
        isClaiming = true
    }

    mutating func add(_ hint: WakeHint) {
        guard isClaiming, !mayBeAny else { return }
        jobIDs.formUnion(hint.lostLeases)
        if hint.isGap || jobIDs.count > Self.limit {
            mayBeAny = true
            jobIDs = []
        }
    }

    /// The worker has the jobs of the claim, and is told itself from now on.
    ///
    /// - Parameter claimed: The jobs.
    /// - Returns: Those whose leases are to be looked at.
    mutating func claimEnds(with claimed: some Sequence<JobID>) -> Set<JobID> {
        defer { self = Self() }
        if mayBeAny { return Set(claimed) }
        return jobIDs.isEmpty ? [] : jobIDs.intersection(claimed)
    }
}
