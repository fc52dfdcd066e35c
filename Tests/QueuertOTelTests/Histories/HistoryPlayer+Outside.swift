import QueuertOTel

@testable import Queuert

/// What is done to chains without a worker.
extension HistoryPlayer {
    func completeWithoutWorker() async throws {
        guard let id = random.one(of: chainIDs), let last = try await client.chain(id)?.last else { return }
        let status = last.status(at: clock.now)
        guard [.ready, .scheduled, .running, .failed].contains(status), last.typeName != RecurrenceJob.name else {
            return
        }
        let continues = random.chance(40)
        let failure = random.chance(20) ? Undone() : nil
        let isLeaf = last.typeName == Leaf.name
        let completer = try await ambient("approve") { [client] in
            do {
                try await client.withTransaction { db in
                    if isLeaf {
                        try await client.completeJob(Leaf.self, of: Chain<Leaf>(id: id), on: db) { _ in
                            continues ? .continueWith(\.leaf, input: 0) : .finish(0)
                        }
                    } else {
                        try await client.completeJob(Branch.self, of: Chain<Branch>(id: id), on: db) { _ in
                            continues ? .continueWith(\.leaf, input: 0) : .finish(0)
                        }
                    }
                    if let failure { throw failure }
                }
            } catch is Undone {}
        }.span
        if failure == nil { completers[last.id] = completer } else { undoneCount += continues ? 2 : 1 }
    }

    func cancel() async throws {
        guard let id = random.one(of: chainIDs), deleted[id] == nil else { return }
        _ = try await client.cancelJobChains([id])
    }

    func redriveOrTrigger() async throws {
        let now = clock.now
        for id in chainIDs.shuffled(using: &random) {
            guard let last = try await client.chain(id)?.last else { continue }
            switch last.status(at: now) {
            case .failed:
                redrivenAt[last.id, default: []].append(now)
                return try await client.redriveJobs([last.id])
            case .scheduled: return try await client.triggerJobs([last.id])
            default: continue
            }
        }
    }

    func delete() async throws {
        guard let id = random.one(of: chainIDs), deleted[id] == nil else { return }
        let isCascade = random.chance(50)
        let failure = random.chance(15) ? Undone() : nil
        let before = try await storedChains()
        let ids: [JobID]
        do {
            ids = try await client.withTransaction { [client] db in
                let ids = try await client.deleteJobChains([id], cascade: isCascade, on: db)
                if let failure { throw failure }
                return ids
            }
        } catch is Undone {
            return
        } catch is ChainHasDependantsError {
            return
        }
        for chain in before {
            if ids.contains(chain.first.id) { deleted[chain.first.id] = chain.deleted(at: clock.now) }
            for job in chain.jobs where job.blockers.contains(where: { ids.contains($0.chain.first.id) }) {
                formerBlockers[job.row.id] = job.blockers
            }
        }
    }

    // MARK: What recurs

    func recur() async throws {
        let name = "recurring \(random.number(0...1))"
        if random.chance(20) {
            try await client.stopRecurring(name)
            return
        }
        let rule = try Recurrence.every(.seconds(100 * random.number(1...3)))
        let missedRuns = random.chance(50) ? MissedRuns.all(limit: 3) : .once
        let overlappingRuns = random.chance(50) ? OverlappingRuns.allow : .skip
        let mode = drawMode()
        let before = try await openRecurrences()
        let starter = try await ambient("request") { [client] in
            _ = try await client.startRecurring(
                name, Leaf.self, input: 0, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, trace: mode)
        }.span
        // One that is defined otherwise is found first, and then cancelled.
        let after = try await openRecurrences()
        existingCount += before.subtracting(after).count
        try await noteRecurrence(mode, in: starter)
    }

    /// Notes the chain that waits for an occurrence, unless one did that is known.
    ///
    /// - Parameters:
    ///   - mode: The mode that it was started with.
    ///   - starter: The span that it was started in.
    ///   - previous: The chain that waited for the occurrence before.
    /// - Throws: What the queue throws.
    func noteRecurrence(_ mode: TraceMode?, in starter: SpanID?, after previous: JobID? = nil) async throws {
        let newest = try await client.chains(ChainQuery(typeNames: [RecurrenceJob.name], limit: 1)).items.first
        guard let id = newest?.first.id, !chainIDs.contains(id) else {
            existingCount += 1
            return
        }
        chainIDs.append(id)
        starters[id] = starter
        modes[id] = mode
        occurrences[id] = previous
    }

    private func openRecurrences() async throws -> Set<JobID> {
        let query = ChainQuery(
            typeNames: [RecurrenceJob.name], statuses: [.scheduled, .ready, .running], limit: 500)
        return Set(try await client.chains(query).items.map(\.first.id))
    }
}
