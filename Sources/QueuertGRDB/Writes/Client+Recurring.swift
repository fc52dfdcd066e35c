#if GRDB
public import GRDB
public import Queuert

extension Client where Adapter == GRDBStateAdapter {
    /// Makes a chain recur, unless it does already, as part of a write of GRDB's.
    ///
    /// ```swift
    /// try dbPool.write { db in
    ///     try account.insert(db)
    ///     try client.startRecurring("statement-\(account.id)", Statement.self, input: account.id, .cron("0 6 1 * *"), on: db)
    /// }
    /// ```
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
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The recurrence as it is now.
    /// - Throws: `InvalidRecurrenceNameError`; `JobDataError` if the input is refused by its type or can't be encoded,
    ///   or what recurs already can't be decoded; `UnknownJobTypeError` or `DuplicateJobTypeError` if the client's
    ///   types hold none of the type's name, or another one; `InvalidJobTypeNameError`; `InvalidJobIDError` if the
    ///   client's generator makes one that it refuses; `TransactionRequiredError` if the connection has no transaction
    ///   open that may write; or an error of the database.
    @discardableResult
    public func startRecurring<Entry: EntryJobType>(
        _ name: String, _ type: Entry.Type, input: Entry.Input, _ rule: Recurrence, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip, priority: Priority = .normal, trace: TraceMode? = nil,
        on database: Database
    ) throws -> RecurringWork where Entry.Blockers == NoBlockers {
        let definition = try recurrence(
            type, input: input, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace)
        return try write(on: database) { try startRecurring(name, definition, with: $0, effects: $1) }
    }

    /// Makes a chain recur that is told its occurrence, unless it does already, as part of a write of GRDB's.
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
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The recurrence as it is now.
    /// - Throws: `InvalidRecurrenceNameError`; `JobDataError` if the payload is refused by its type or can't be
    ///   encoded, or what recurs already can't be decoded; `UnknownJobTypeError` or `DuplicateJobTypeError` if the
    ///   client's types hold none of the type's name, or another one; `InvalidJobTypeNameError`; `InvalidJobIDError` if
    ///   the client's generator makes one that it refuses; `TransactionRequiredError` if the connection has no
    ///   transaction open that may write; or an error of the database.
    @discardableResult
    public func startRecurring<Entry: EntryJobType, Payload>(
        _ name: String, _ type: Entry.Type, payload: Payload, _ rule: Recurrence, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip, priority: Priority = .normal, trace: TraceMode? = nil,
        on database: Database
    ) throws -> RecurringWork where Entry.Blockers == NoBlockers, Entry.Input == Occurrence<Payload> {
        let definition = try recurrence(
            type, payload: payload, rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace)
        return try write(on: database) { try startRecurring(name, definition, with: $0, effects: $1) }
    }

    /// Ends a recurrence, as part of a write of GRDB's.
    ///
    /// Chains that it has started go on.
    ///
    /// - Parameters:
    ///   - name: What the recurrence is known by.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: Whether there was one.
    /// - Throws: `InvalidJobIDError` if the client's generator makes one that it refuses, `TransactionRequiredError`,
    ///   or an error of the database.
    @discardableResult
    public func stopRecurring(_ name: String, on database: Database) throws -> Bool {
        try write(on: database) { try stopRecurring(name, with: $0, effects: $1) }
    }
}
#endif
