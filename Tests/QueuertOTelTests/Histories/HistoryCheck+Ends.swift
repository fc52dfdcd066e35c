import Queuert
import QueuertOTel
import QueuertTraceTesting

/// What is told of ends, and what nothing but the player knows of.
extension HistoryCheck {
    mutating func checkEnd(_ chain: StoredChain) {
        let (first, last) = (chain.first, chain.last)
        let found = spansByName["chain \(first.typeName)", default: []].filter {
            $0[attribute: "queuert.chain.id"] == .string(first.id.rawValue)
        }
        // A job that has failed for good ends no chain: until it is deleted, the chain may go on.
        guard let endedAt = last.completedAt ?? last.cancelledAt ?? chain.deletedAt else {
            expect(found.isEmpty, "the chain \(first.id) goes on, and is told to have ended")
            return
        }
        guard found.count == 1, let span = found.first else {
            failures.append("the end of chain \(first.id) is told \(found.count) times")
            return
        }
        let label = "chain \(first.id)"
        explained.insert(span.context.spanID)
        names[span.context.spanID] = label
        expect(span.parent?.spanID == id(first.trace.jobContext), "\(label) is not below its start")
        expect(span.start / 1_000 == UInt64(first.createdAt.microseconds), "\(label) started at another time")
        expect(span.end / 1_000 == UInt64(endedAt.microseconds), "\(label) ended at another time")
        expect(
            span[attribute: "queuert.chain.jobs"] == .int(Int64(chain.jobs.count)),
            "\(label) has another number of jobs")
        expect((span.status == .unset) == (last.completedAt != nil), "\(label) has the status \(span.status)")
        checkLinks(
            span, last.completedAt != nil ? [("completed_by", id(last.lastAttemptContext))] : [], label)
    }

    mutating func checkWaits(of chain: StoredChain) {
        for job in chain.jobs {
            let row = job.row
            let endedAt = row.completedAt ?? row.cancelledAt
            for (index, blocker) in job.blockers.enumerated() {
                let found = spansByName["await \(blocker.chain.first.typeName)", default: []].filter {
                    $0[attribute: "queuert.job.id"] == .string(row.id.rawValue)
                        && $0[attribute: "queuert.blocker.index"] == .int(Int64(index))
                }
                let label = "wait of \(row.id) for \(blocker.chain.first.id)"
                // Nobody waits for what had ended before, nor does a job that has ended itself.
                guard let resolvedAt = blocker.resolvedAt, resolvedAt >= blocker.blockedAt,
                    endedAt.map({ $0 > resolvedAt }) ?? true
                else {
                    expect(found.isEmpty, "\(label) is told of, and was none")
                    continue
                }
                // A wait that began and ended in one transaction looks like one for a chain that had ended before.
                if resolvedAt == blocker.blockedAt && found.isEmpty { continue }
                guard found.count == 1, let span = found.first else {
                    failures.append("\(label) is told \(found.count) times")
                    continue
                }
                explained.insert(span.context.spanID)
                expect(span.parent?.spanID == id(row.trace.jobContext), "\(label) is not below its job")
                expect(span.start / 1_000 == UInt64(blocker.blockedAt.microseconds), "\(label) began at another time")
                expect(span.end / 1_000 == UInt64(resolvedAt.microseconds), "\(label) ended at another time")
                checkLinks(
                    span,
                    [
                        ("blocker", id(blocker.chain.first.trace.jobContext)),
                        ("resolved_by", id(blocker.chain.last.lastAttemptContext)),
                    ], label)
            }
        }
    }

    /// Whatever the store doesn't know of is a part of an attempt, or tells of what was undone or was there already.
    mutating func checkRest() {
        var counts: (undone: Int, existing: Int, batches: Int) = (0, 0, 0)
        var phases: [SpanID: [Phase: Int]] = [:]
        for span in spans.values
        where span[attribute: "messaging.system"] != nil && !explained.contains(span.context.spanID) {
            if span[attribute: "error.type"] == "rollback" {
                counts.undone += 1
            } else if span[attribute: "queuert.chain.deduplicated"] == true {
                counts.existing += 1
                let target = span.links.last?.context.spanID
                expect(target.flatMap { names[$0] } != nil, "a start links to no existing chain")
            } else if span[attribute: "messaging.batch.message_count"] != nil {
                counts.batches += 1
                let created = span.links.map { spans[$0.context.spanID] }
                expect(created.allSatisfy { $0 != nil }, "a batch links to no chain")
                expect(
                    created.allSatisfy { $0?.parent?.spanID == span.parent?.spanID },
                    "a batch is not below what its chains are below")
            } else if let parent = span.parent?.spanID, names[parent]?.contains("attempt") == true,
                span.name.hasPrefix("prepare ") || span.name.hasPrefix("complete ")
            {
                var errorType: String?
                if case .string(let text)? = span[attribute: "error.type"] { errorType = text }
                phases[parent, default: [:]][Phase(name: span.name, errorType: errorType), default: 0] += 1
            } else {
                failures.append("nothing in the store explains \(span.name)")
            }
        }
        let expected = (player.undoneCount, player.existingCount, player.batchCount)
        expect(
            (counts.undone, counts.existing, counts.batches) == expected,
            "\(counts) spans tell of what isn't stored, not \(expected)")
        for id in Set(phases.keys).union(player.phases.keys) where phases[id] != player.phases[id] {
            func text(_ phases: [Phase: Int]?) -> String {
                (phases ?? [:]).sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            }
            failures.append(
                "\(names[id] ?? "an unknown attempt") tells of [\(text(phases[id]))], not [\(text(player.phases[id]))]")
        }
        for span in spans.values where span.name == "work" {
            let parent = span.parent.flatMap { names[$0.spanID] }
            expect(parent?.contains("attempt") == true, "the handler's work is not below its attempt")
        }
        let open = player.recorder.openSpans.map(\.name)
        expect(open.isEmpty, "spans did not end: \(open)")
    }
}
