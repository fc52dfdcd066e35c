/// The tables of a ``MemoryStateAdapter``, their indexes, and how to undo what the open transaction did.
///
/// Belongs to one connection and is used only there.
final class MemoryStore {
    struct Blocker {
        let jobID: JobID
        let chainID: JobID
        let ordinal: Int
        let traceContext: String?
        let blockedAt: Timestamp
        var resolvedAt: Timestamp?
    }
    private enum Change {
        case job(JobID, before: JobRow?)
        case blockers(JobID, before: [Blocker]?)
        case dependants(JobID, before: [JobID]?)
        case chain(JobID, before: [JobID]?)
        case attempts(JobID, before: [AttemptRow]?)
    }

    private(set) var jobs: [JobID: JobRow] = [:]
    /// The blockers of each job, in order.
    private(set) var blockers: [JobID: [Blocker]] = [:]
    /// The jobs that wait for each chain.
    private(set) var dependants: [JobID: [JobID]] = [:]
    /// The jobs of each chain, in order.
    private(set) var chains: [JobID: [JobID]] = [:]
    private(set) var attempts: [JobID: [AttemptRow]] = [:]
    private(set) var leased: Set<JobID> = []
    private var ready: [String: ReadyHeap] = [:]
    private var changes: [Change] = []

    // MARK: Writing

    func set(_ row: JobRow) {
        changes.append(.job(row.id, before: jobs[row.id]))
        store(row)
    }

    func setBlockers(_ list: [Blocker], of jobID: JobID) {
        changes.append(.blockers(jobID, before: blockers[jobID]))
        blockers[jobID] = list
    }

    func addDependant(_ jobID: JobID, of chainID: JobID) {
        changes.append(.dependants(chainID, before: dependants[chainID]))
        dependants[chainID, default: []].append(jobID)
    }

    func takeDependants(of chainID: JobID) -> [JobID] {
        guard let list = dependants.removeValue(forKey: chainID) else { return [] }
        changes.append(.dependants(chainID, before: list))
        return list
    }

    func append(_ jobID: JobID, toChain chainID: JobID) {
        changes.append(.chain(chainID, before: chains[chainID]))
        chains[chainID, default: []].append(jobID)
    }

    func append(_ attempt: AttemptRow) {
        changes.append(.attempts(attempt.jobID, before: attempts[attempt.jobID]))
        attempts[attempt.jobID, default: []].append(attempt)
    }

    private func store(_ row: JobRow) {
        jobs[row.id] = row
        if row.leasedUntil == nil { leased.remove(row.id) } else { leased.insert(row.id) }
        if row.isClaimable {
            ready[row.typeName, default: ReadyHeap()].push(.init(scheduledAt: row.scheduledAt, id: row.id))
        }
    }

    // MARK: Claimable jobs

    /// The claimable job of these types that is due first.
    func firstClaimable(of typeNames: [String]) -> JobRow? {
        var first: JobRow?
        for typeName in typeNames {
            guard let row = firstClaimable(of: typeName) else { continue }
            if let known = first, (known.scheduledAt, known.id.rawValue) <= (row.scheduledAt, row.id.rawValue) {
                continue
            }
            first = row
        }
        return first
    }

    private func firstClaimable(of typeName: String) -> JobRow? {
        while let entry = ready[typeName]?.first {
            // Entries of jobs that were claimed or rescheduled stay in the heap until they come up.
            if let row = jobs[entry.id], row.isClaimable, row.scheduledAt == entry.scheduledAt { return row }
            ready[typeName]?.removeFirst()
        }
        return nil
    }

    // MARK: Transactions

    func forgetUndo() { changes.removeAll(keepingCapacity: true) }

    /// How much can be undone so far.
    var changeCount: Int { changes.count }

    /// Undoes what was done since there were so many changes.
    func undo(to count: Int = 0) {
        while changes.count > count {
            let change = changes.removeLast()
            switch change {
            case .job(let id, let before):
                if let before {
                    store(before)
                } else {
                    jobs[id] = nil
                    leased.remove(id)
                }
            case .blockers(let id, let before): blockers[id] = before
            case .dependants(let id, let before): dependants[id] = before
            case .chain(let id, let before): chains[id] = before
            case .attempts(let id, let before): attempts[id] = before
            }
        }
    }
}

extension JobRow {
    /// Whether a worker may have the job as soon as it is due.
    fileprivate var isClaimable: Bool { completedAt == nil && leasedUntil == nil && !hasOpenBlockers }
}

/// Jobs in the order in which they become due.
private struct ReadyHeap {
    struct Entry {
        let scheduledAt: Timestamp
        let id: JobID

        static func < (left: Entry, right: Entry) -> Bool {
            (left.scheduledAt, left.id.rawValue) < (right.scheduledAt, right.id.rawValue)
        }
    }
    private var entries: [Entry] = []

    var first: Entry? { entries.first }

    mutating func push(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if !(entries[child] < entries[parent]) { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    mutating func removeFirst() {
        entries.swapAt(0, entries.count - 1)
        entries.removeLast()
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count {
                if entries[child] < entries[smallest] { smallest = child }
            }
            if smallest == parent { break }
            entries.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
