/// What a list says of a chain.
package struct ChainSummary: Codable, Hashable, Sendable {
    /// A chain that is waited for.
    package struct Blocker: Codable, Hashable, Sendable {
        private enum CodingKeys: String, CodingKey {
            case chainID = "chainId"
            case type
        }

        /// The chain.
        package var chainID: String
        /// The type of its first job, as far as that was received.
        package var type: String
    }

    private enum CodingKeys: String, CodingKey {
        case chainID = "chainId"
        case type, service, startTimeUnixNano, endTimeUnixNano, isEnded, isCancelled, lastResult, isRescheduled,
            openBlockers, openBlockerCount, jobCount, attemptCount, failedAttemptCount
    }

    /// The chain.
    package var chainID: String
    /// The type of its first job, as far as that was received.
    package var type = ""
    /// The service that started it.
    package var service = ""
    /// When its first span began, in nanoseconds since 1970.
    package var startTimeUnixNano = "0"
    /// When the last of its spans ended, in nanoseconds since 1970.
    package var endTimeUnixNano = "0"
    /// Whether it has ended.
    package var isEnded = false
    /// Whether it ended by being cancelled or deleted.
    package var isCancelled = false
    /// How the last attempt ended; `nil` if none has.
    package var lastResult: String?
    /// Whether the last attempt was to be followed by another.
    package var isRescheduled = false
    /// The first of the chains that its last job waits for and that haven't ended.
    package var openBlockers: [Blocker] = []
    /// How many chains its last job waits for that haven't ended.
    package var openBlockerCount = 0
    /// How many jobs it has.
    package var jobCount = 0
    /// How many attempts have ended.
    package var attemptCount = 0
    /// How many of them with an error.
    package var failedAttemptCount = 0
}

/// Chains, and how they relate.
package struct ChainGraph: Codable, Hashable, Sendable {
    /// A relation of two chains.
    package struct Edge: Codable, Hashable, Sendable {
        /// The chain that was waited for, or that started the other.
        package var from: String
        /// The chain that waited, or was started.
        package var to: String
        /// `blocker` or `started`.
        package var type: String
    }

    /// The chains, the one that was asked for among them.
    package var chains: [ChainSummary] = []
    /// Their relations.
    package var edges: [Edge] = []
    /// Whether there are more than are told of.
    package var truncated = false
}

/// Adds up the spans of chains.
struct ChainSummaries {
    /// A span, as far as a summary needs it.
    struct Row {
        var id: Int64
        var chainID: String
        var jobID: String?
        var service: String
        var name: String
        var kind: Int
        var startTime: Int64
        var endTime: Int64
        var isError: Bool
    }

    private struct Sum {
        var summary: ChainSummary
        var start = Int64.max
        var end: Int64 = 0
        var firstProducer = Int64.max
        /// Whether the span that started it is there.
        var hasStart = false
        var jobs: Set<String> = []
        var attemptedJobs: Set<String> = []
        var producers: [Row] = []
        /// How many waits of each job are over.
        var waits: [String: Int] = [:]
        var lastAttempt: Row?
    }
    private var sums: [String: Sum] = [:]

    /// Adds a span.
    mutating func add(_ row: Row) {
        var sum = sums[row.chainID] ?? Sum(summary: ChainSummary(chainID: row.chainID))
        sum.start = min(sum.start, row.startTime)
        sum.end = max(sum.end, row.endTime)
        if let job = row.jobID, !job.isEmpty { sum.jobs.insert(job) }
        switch row.kind {
        case 4:
            sum.producers.append(row)
            // All others start a chain: `start`, `schedule` and `create`.
            if !row.name.hasPrefix("continue ") { sum.hasStart = true }
            guard row.startTime < sum.firstProducer else { break }
            sum.firstProducer = row.startTime
            sum.summary.type = String(row.name.drop { $0 != " " }.dropFirst())
            sum.summary.service = row.service
        case 5:
            sum.attemptedJobs.insert(row.jobID ?? "")
            sum.summary.attemptCount += 1
            if row.isError { sum.summary.failedAttemptCount += 1 }
            if (sum.lastAttempt?.startTime ?? 0) <= row.startTime { sum.lastAttempt = row }
        case 1 where row.name.hasPrefix("await "):
            sum.waits[row.jobID ?? "", default: 0] += 1
        case 1 where row.name.hasPrefix("chain "):
            sum.summary.isEnded = true
            sum.summary.isCancelled = row.isError
            // The span's own time is the chain's; others may have been told later.
            sum.summary.startTimeUnixNano = String(row.startTime)
            sum.summary.endTimeUnixNano = String(row.endTime)
            if sum.summary.type.isEmpty { sum.summary.type = String(row.name.dropFirst("chain ".count)) }
            if sum.summary.service.isEmpty { sum.summary.service = row.service }
        default: break
        }
        sums[row.chainID] = sum
    }

    /// The chains whose last attempt failed and that haven't ended, with that attempt's row.
    var undecided: [(chainID: String, attempt: Int64)] {
        sums.compactMap { chainID, sum in
            guard !sum.summary.isEnded, let attempt = sum.lastAttempt, attempt.isError else { return nil }
            return (chainID, attempt.id)
        }
    }

    /// Says how the last attempt of a chain ended.
    mutating func settle(_ chainID: String, result: String?, isRescheduled: Bool) {
        sums[chainID]?.summary.lastResult = result
        sums[chainID]?.summary.isRescheduled = isRescheduled
    }

    /// The spans that wrote jobs which nobody has attempted yet, of chains that haven't ended, and how many of each job's
    /// waits are over.
    var waiting: [(chainID: String, producer: Int64, endedWaits: Int)] {
        sums.filter { !$0.value.summary.isEnded }.flatMap { chainID, sum in
            sum.producers.filter { !sum.attemptedJobs.contains($0.jobID ?? "") }
                .map { (chainID: chainID, producer: $0.id, endedWaits: sum.waits[$0.jobID ?? ""] ?? 0) }
        }
    }

    /// Says which chains that haven't ended a chain waits for.
    mutating func block(_ chainID: String, by blockers: [ChainSummary.Blocker], count: Int) {
        sums[chainID]?.summary.openBlockers = blockers
        sums[chainID]?.summary.openBlockerCount = count
    }

    /// Whether the span that started a chain is among those that were added.
    func isComplete(_ chainID: String) -> Bool { sums[chainID]?.hasStart ?? false }

    /// The summary of a chain.
    subscript(_ chainID: String) -> ChainSummary? {
        guard let sum = sums[chainID] else { return nil }
        var summary = sum.summary
        summary.jobCount = max(1, sum.jobs.count)
        if !summary.isEnded {
            summary.startTimeUnixNano = String(sum.start)
            summary.endTimeUnixNano = String(sum.end)
            if summary.lastResult == nil, sum.lastAttempt?.isError == false { summary.lastResult = "completed" }
        }
        return summary
    }
}
