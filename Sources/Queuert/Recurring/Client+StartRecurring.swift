extension Client {
    /// Makes a chain recur, unless it does already, in a transaction of its own.
    ///
    /// To be called at each start of each process: any number of them at once make one recurrence. If the recurrence of this
    /// name is defined otherwise, this definition takes its place at once. Its next occurrence stays what it was, and so does
    /// what was missed, as long as the rule is the same.
    ///
    /// ```swift
    /// try await client.startRecurring(
    ///     "nightly-report", Report.self, input: .init(recipient: "all"),
    ///     .cron("0 3 * * *", timeZone: "Europe/Berlin"))
    /// ```
    ///
    /// A worker with the processor ``Processor/recurrences(of:)`` starts the chains, each exactly once.
    ///
    /// - Parameters:
    ///   - name: What the recurrence is known by, 1 to 200 bytes of UTF-8.
    ///   - type: The type of the first job of the chains that are started.
    ///   - input: What each chain is started with.
    ///   - rule: When it recurs.
    ///   - missedRuns: What becomes of occurrences at which no worker ran; by default one run makes up for all.
    ///   - overlappingRuns: What becomes of an occurrence while the chain of an earlier one is open; by default it is left out.
    ///   - priority: How urgent the chains are.
    ///   - trace: When the chains leave the traces that they began in, and the recurrence its own; by default as their types say.
    /// - Returns: The recurrence as it is now.
    /// - Throws: ``InvalidRecurrenceNameError``; ``JobDataError`` if the input is refused by its type or can't be
    ///   encoded, or what recurs already can't be decoded; ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the
    ///   client's types hold none of the type's name, or another one; ``InvalidJobTypeNameError``;
    ///   ``InvalidJobIDError`` if the client's generator makes one that it refuses; ``NestedTransactionError`` in a
    ///   transaction; `CancellationError`; or an error of the database.
    @discardableResult
    public func startRecurring<Entry: EntryJobType>(
        _ name: String, _ type: Entry.Type, input: Entry.Input, _ rule: Recurrence, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip, priority: Priority = .normal, trace: TraceMode? = nil
    ) async throws -> RecurringWork where Entry.Blockers == NoBlockers {
        let definition = try recurrence(
            type, input: input, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace)
        return try await adapter.withTransaction { try startRecurring(name, definition, on: $0) }
    }

    /// Makes a chain recur, unless it does already, as part of the caller's transaction.
    ///
    /// - Parameters:
    ///   - name: What the recurrence is known by, 1 to 200 bytes of UTF-8.
    ///   - type: The type of the first job of the chains that are started.
    ///   - input: What each chain is started with.
    ///   - rule: When it recurs.
    ///   - missedRuns: What becomes of occurrences at which no worker ran; by default one run makes up for all.
    ///   - overlappingRuns: What becomes of an occurrence while the chain of an earlier one is open; by default it is left out.
    ///   - priority: How urgent the chains are.
    ///   - trace: When the chains leave the traces that they began in, and the recurrence its own; by default as their types say.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The recurrence as it is now.
    /// - Throws: ``InvalidRecurrenceNameError``; ``JobDataError`` if the input is refused by its type or can't be
    ///   encoded, or what recurs already can't be decoded; ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the
    ///   client's types hold none of the type's name, or another one; ``InvalidJobTypeNameError``;
    ///   ``InvalidJobIDError`` if the client's generator makes one that it refuses; ``TransactionRequiredError`` if the
    ///   connection has no transaction open that may write; or an error of the database.
    @discardableResult
    public func startRecurring<Entry: EntryJobType>(
        _ name: String, _ type: Entry.Type, input: Entry.Input, _ rule: Recurrence, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip, priority: Priority = .normal, trace: TraceMode? = nil,
        on connection: isolated Adapter.Connection
    ) async throws -> RecurringWork where Entry.Blockers == NoBlockers {
        let definition = try recurrence(
            type, input: input, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace)
        return try startRecurring(name, definition, on: connection)
    }

    /// Makes a chain recur that is told its occurrence, unless it does already, in a transaction of its own.
    ///
    /// Each chain is started with an ``Occurrence`` that holds the time and the payload.
    ///
    /// - Parameters:
    ///   - name: What the recurrence is known by, 1 to 200 bytes of UTF-8.
    ///   - type: The type of the first job of the chains that are started.
    ///   - payload: What each chain is started with, besides the time.
    ///   - rule: When it recurs.
    ///   - missedRuns: What becomes of occurrences at which no worker ran; by default one run makes up for all.
    ///   - overlappingRuns: What becomes of an occurrence while the chain of an earlier one is open; by default it is left out.
    ///   - priority: How urgent the chains are.
    ///   - trace: When the chains leave the traces that they began in, and the recurrence its own; by default as their types say.
    /// - Returns: The recurrence as it is now.
    /// - Throws: ``InvalidRecurrenceNameError``; ``JobDataError`` if the payload is refused by its type or can't be
    ///   encoded, or what recurs already can't be decoded; ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the
    ///   client's types hold none of the type's name, or another one; ``InvalidJobTypeNameError``;
    ///   ``InvalidJobIDError`` if the client's generator makes one that it refuses; ``NestedTransactionError`` in a
    ///   transaction; `CancellationError`; or an error of the database.
    @discardableResult
    public func startRecurring<Entry: EntryJobType, Payload>(
        _ name: String, _ type: Entry.Type, payload: Payload, _ rule: Recurrence, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip, priority: Priority = .normal, trace: TraceMode? = nil
    ) async throws -> RecurringWork where Entry.Blockers == NoBlockers, Entry.Input == Occurrence<Payload> {
        let definition = try recurrence(
            type, payload: payload, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace)
        return try await adapter.withTransaction { try startRecurring(name, definition, on: $0) }
    }

    /// Makes a chain recur that is told its occurrence, unless it does already, as part of the caller's transaction.
    ///
    /// - Parameters:
    ///   - name: What the recurrence is known by, 1 to 200 bytes of UTF-8.
    ///   - type: The type of the first job of the chains that are started.
    ///   - payload: What each chain is started with, besides the time.
    ///   - rule: When it recurs.
    ///   - missedRuns: What becomes of occurrences at which no worker ran; by default one run makes up for all.
    ///   - overlappingRuns: What becomes of an occurrence while the chain of an earlier one is open; by default it is left out.
    ///   - priority: How urgent the chains are.
    ///   - trace: When the chains leave the traces that they began in, and the recurrence its own; by default as their types say.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The recurrence as it is now.
    /// - Throws: ``InvalidRecurrenceNameError``; ``JobDataError`` if the payload is refused by its type or can't be
    ///   encoded, or what recurs already can't be decoded; ``UnknownJobTypeError`` or ``DuplicateJobTypeError`` if the
    ///   client's types hold none of the type's name, or another one; ``InvalidJobTypeNameError``;
    ///   ``InvalidJobIDError`` if the client's generator makes one that it refuses; ``TransactionRequiredError`` if the
    ///   connection has no transaction open that may write; or an error of the database.
    @discardableResult
    public func startRecurring<Entry: EntryJobType, Payload>(
        _ name: String, _ type: Entry.Type, payload: Payload, _ rule: Recurrence, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip, priority: Priority = .normal, trace: TraceMode? = nil,
        on connection: isolated Adapter.Connection
    ) async throws -> RecurringWork where Entry.Blockers == NoBlockers, Entry.Input == Occurrence<Payload> {
        let definition = try recurrence(
            type, payload: payload, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace)
        return try startRecurring(name, definition, on: connection)
    }
}
