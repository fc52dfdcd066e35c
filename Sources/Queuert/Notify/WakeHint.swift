/// What may be worth a look: types of jobs that became due, chains that ended, and attempts that lost their lease.
public struct WakeHint: Sendable {
    /// How many jobs became due, by type; ``anyNumber`` where nobody knows.
    private var due: [String: Int]
    /// Chains that ended, one way or another.
    public var completedChains: Set<JobID>
    /// Jobs whose lease was taken away from the worker that runs them.
    public var lostLeases: Set<JobID>
    /// Whether hints may have been lost, because the service behind the adapter was out of reach: everything may be worth a
    /// look.
    public var isGap: Bool
    /// What the workers of this process have not taken yet; `nil` until they are told.
    private var budget: WakeBudget?

    private static let anyNumber = Int.max

    /// Makes a hint.
    ///
    /// - Parameters:
    ///   - dueTypes: Types of which jobs became due, nobody knows how many, or that were paused or resumed: all workers that
    ///     process them look.
    ///   - dueJobs: How many jobs became due, by type: so many workers look.
    ///   - completedChains: Chains that ended.
    ///   - lostLeases: Jobs whose lease was taken away from the worker that runs them.
    ///   - isGap: Whether hints may have been lost.
    public init(
        dueTypes: Set<String> = [], dueJobs: [String: Int] = [:], completedChains: Set<JobID> = [],
        lostLeases: Set<JobID> = [], isGap: Bool = false
    ) {
        due = dueJobs.filter { $0.value > 0 }
        for typeName in dueTypes { due[typeName] = Self.anyNumber }
        self.completedChains = completedChains
        self.lostLeases = lostLeases
        self.isGap = isGap
    }

    /// Types of which jobs became due; of those that are added nobody knows how many.
    public var dueTypes: Set<String> {
        get { Set(due.keys) }
        set {
            due = due.filter { newValue.contains($0.key) }
            for typeName in newValue where due[typeName] == nil { due[typeName] = Self.anyNumber }
        }
    }

    /// How many jobs became due, by type, of those where that is known.
    public var dueJobs: [String: Int] { due.filter { $0.value != Self.anyNumber } }

    /// Whether there is nothing to tell.
    public var isEmpty: Bool { due.isEmpty && completedChains.isEmpty && lostLeases.isEmpty && !isGap }

    package mutating func formUnion(_ other: WakeHint) {
        due.merge(other.due) { Self.sum($0, $1) }
        completedChains.formUnion(other.completedChains)
        lostLeases.formUnion(other.lostLeases)
        isGap = isGap || other.isGap
        budget = nil
    }

    /// One more job became due.
    mutating func add(dueJobOf typeName: String) {
        due[typeName] = Self.sum(due[typeName, default: 0], 1)
        budget = nil
    }

    private static func sum(_ first: Int, _ second: Int) -> Int {
        let (sum, isTooLarge) = first.addingReportingOverflow(second)
        return isTooLarge ? anyNumber : sum
    }
}

extension WakeHint: Hashable {
    /// Whether two hints say the same, whoever was told of them.
    ///
    /// - Parameters:
    ///   - first: A hint.
    ///   - second: Another one.
    /// - Returns: Whether they say the same.
    public static func == (first: Self, second: Self) -> Bool {
        first.due == second.due && first.completedChains == second.completedChains
            && first.lostLeases == second.lostLeases && first.isGap == second.isGap
    }

    /// Hashes what the hint says.
    ///
    /// - Parameter hasher: What the parts go into.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(due)
        hasher.combine(completedChains)
        hasher.combine(lostLeases)
        hasher.combine(isGap)
    }
}

// MARK: Taking

/// A job wakes one worker. Those of a process are told one after the other, and each takes as many jobs as it has slots free.
extension WakeHint {
    /// The hint as the workers of one process share it.
    package var shared: WakeHint {
        if budget != nil || due.isEmpty { return self }
        var hint = self
        hint.budget = WakeBudget(dueJobs)
        return hint
    }

    /// What the workers that were told have not taken.
    package var rest: WakeHint {
        guard let budget else { return self }
        var rest = self
        let left = budget.left
        rest.due = due.filter { $0.value == Self.anyNumber }.merging(left) { known, _ in known }
        rest.budget = nil
        return rest
    }

    /// Whether a worker for these types is to look, whoever else does.
    func concernsAll(of typeNames: Set<String>) -> Bool {
        isGap || due.contains { typeNames.contains($0.key) && ($0.value == Self.anyNumber || budget == nil) }
    }

    /// Whether one of these types may have been paused.
    func mayPause(_ typeNames: Set<String>) -> Bool {
        isGap || due.contains { $0.value == Self.anyNumber && typeNames.contains($0.key) }
    }

    /// Takes jobs that nobody has taken, so that nobody else is woken for them.
    func take(_ typeNames: Set<String>, into slots: ClaimSlots) -> [String: Int] {
        budget?.take(typeNames, into: slots) ?? [:]
    }
}

/// How many jobs of each type are left for whom a hint tells next.
private final class WakeBudget: Sendable {
    private let jobs: Locked<[String: Int]>

    init(_ jobs: [String: Int]) { self.jobs = Locked(jobs) }

    var left: [String: Int] { jobs.withLock { $0 } }

    func take(_ typeNames: Set<String>, into slots: ClaimSlots) -> [String: Int] {
        jobs.withLock { jobs in
            var taken: [String: Int] = [:]
            var slots = slots
            for (typeName, count) in jobs where typeNames.contains(typeName) {
                let part = slots.take(count, of: typeName)
                if part == 0 { continue }
                taken[typeName] = part
                jobs[typeName] = count == part ? nil : count - part
            }
            return taken
        }
    }
}
