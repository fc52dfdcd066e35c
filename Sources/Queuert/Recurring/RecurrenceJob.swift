/// The job that waits for an occurrence, and then starts what recurs and its own successor, in one transaction.
///
/// It is a chain of its own for each occurrence, and the one with the recurrence's name as its deduplication key that is open.
enum RecurrenceJob: EntryJobType, BuiltInJobType {
    static let name = "queuert.recurrence"

    struct Input: Codable, Sendable {
        var name: String
        var definition: RecurrenceDefinition
        /// The occurrence that is waited for.
        var occurrence: Timestamp
        /// The chains that the last occurrence started that was not left out.
        var lastRuns: [JobID] = []
    }

    /// What became of the occurrence, for who looks at the chain.
    struct Output: Codable, Sendable {
        enum Outcome: String, Codable, Sendable {
            /// The chains were started.
            case started
            /// No chain was started, because it was too late for it.
            case missed
            /// No chain was started, because one that was started before is still open.
            case overlapping
        }
        var outcome: Outcome
        var runs: [JobID]
    }

    /// How a chain of this type is found again.
    static func deduplication(of name: String, excluding chainID: JobID? = nil) -> Deduplication {
        Deduplication(key: name, scope: .open, excluding: chainID.map { [$0] } ?? [])
    }
}

extension Successor {
    /// The job that waits for an occurrence.
    init(_ waiting: RecurrenceJob.Input, excluding chainID: JobID? = nil) {
        let options = JobOptions(
            schedule: .at(waiting.occurrence), priority: waiting.definition.priority,
            deduplication: RecurrenceJob.deduplication(of: waiting.name, excluding: chainID),
            trace: waiting.definition.trace?.mode)
        self.init(RecurrenceJob.self, input: waiting, blockers: (), options: options)
    }

    /// The chain of an occurrence, which is started once, whoever tries.
    init(runOf waiting: RecurrenceJob.Input, at occurrence: Timestamp) {
        let definition = waiting.definition
        let key = "queuert.recurrence/\(waiting.name)/\(occurrence.microseconds)"
        let options = JobOptions(
            priority: definition.priority, deduplication: Deduplication(key: key, scope: .any),
            trace: definition.trace?.mode)
        self.init(typeName: definition.entryTypeName, options: options) { codec in
            try definition.input.text(for: occurrence, typeName: definition.entryTypeName, codec: codec)
        }
    }
}
