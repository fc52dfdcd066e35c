/// Work that recurs, as it is stored.
public struct RecurringWork: Sendable, Hashable {
    /// The name under which it was started.
    public let name: String
    /// The name of the type of the chains that are started.
    public let entryTypeName: String
    /// The rule by which it recurs.
    public let rule: Recurrence
    /// What becomes of occurrences at which no worker ran.
    public let missedRuns: MissedRuns
    /// What becomes of an occurrence while the chain of an earlier one is open.
    public let overlappingRuns: OverlappingRuns
    /// How urgent the chains are.
    public let priority: Priority
    /// When the chains leave the traces that they began in, and the recurrence its own; `nil` if their types say.
    public let trace: TraceMode?
    /// When a chain is started next, if a worker runs then.
    public let nextOccurrence: Timestamp
    /// The chains that were started last: one, or several if missed runs were made up for.
    public let lastRuns: [JobID]

    init(_ waiting: RecurrenceJob.Input) {
        name = waiting.name
        entryTypeName = waiting.definition.entryTypeName
        rule = waiting.definition.rule
        missedRuns = waiting.definition.missedRuns
        overlappingRuns = waiting.definition.overlappingRuns
        priority = waiting.definition.priority
        trace = waiting.definition.trace?.mode
        nextOccurrence = waiting.occurrence
        lastRuns = waiting.lastRuns
    }
}

/// A name that recurring work can't have.
public struct InvalidRecurrenceNameError: RedactedError, Sendable, Hashable {
    /// The name.
    public let name: String

    /// What was wrong and what to do.
    public var description: String { "Recurring work needs a name of 1 to 200 bytes of UTF-8. Choose another." }

    static func check(_ name: String) throws(InvalidRecurrenceNameError) {
        guard (1...200).contains(name.utf8.count) else { throw InvalidRecurrenceNameError(name: name) }
    }
}
