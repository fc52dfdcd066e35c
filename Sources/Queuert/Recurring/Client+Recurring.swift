extension Client {
    /// Ends a recurrence, in a transaction of its own.
    ///
    /// Chains that it has started go on.
    ///
    /// - Parameter name: What the recurrence is known by.
    /// - Returns: Whether there was one.
    /// - Throws: ``InvalidJobIDError`` if the client's generator makes one that it refuses, ``NestedTransactionError``
    ///   in a transaction, `CancellationError`, or an error of the database.
    @discardableResult
    public func stopRecurring(_ name: String) async throws -> Bool {
        try await adapter.withTransaction { try stop(name, on: $0) }
    }

    /// Ends a recurrence, as part of the caller's transaction.
    ///
    /// Chains that it has started go on.
    ///
    /// - Parameters:
    ///   - name: What the recurrence is known by.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: Whether there was one.
    /// - Throws: ``InvalidJobIDError`` if the client's generator makes one that it refuses,
    ///   ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of the
    ///   database.
    @discardableResult
    public func stopRecurring(_ name: String, on connection: isolated Adapter.Connection) async throws -> Bool {
        try stop(name, on: connection)
    }

    /// Lists what recurs.
    ///
    /// - Returns: The recurrences, by name.
    /// - Throws: ``JobDataError`` if one can't be decoded, as when this machine doesn't know its time zone, or an error of the
    ///   database.
    public func recurringWork() async throws -> [RecurringWork] {
        var work: [RecurringWork] = []
        // Oldest first: what takes the place of one that has been listed may be listed too, but none is left out.
        var query = ChainQuery(
            typeNames: [RecurrenceJob.name], statuses: [.scheduled, .ready, .running], order: .oldestFirst, limit: 500)
        repeat {
            let page = try await chains(query)
            work += try page.items.map { RecurringWork(try waiting($0.first)) }
            query.after = page.next
        } while query.after != nil
        // Names are compared byte for byte, as the database does.
        let newest = Dictionary(work.map { (Array($0.name.utf8), $0) }) { $1 }
        return newest.values.sorted { $0.name.precedes($1.name) }
    }

    // MARK: Starting

    /// What recurs where each chain has the same input.
    package func recurrence<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, _ rule: Recurrence, missedRuns: MissedRuns,
        overlappingRuns: OverlappingRuns, priority: Priority, trace: TraceMode?
    ) throws -> RecurrenceDefinition where Entry.Blockers == NoBlockers {
        let text = try text(of: input, for: type)
        return RecurrenceDefinition(
            rule: rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace.map(StoredTraceMode.init), entryTypeName: Entry.name,
            input: .fixed(text: text, comparable: try comparable(input, typeName: Entry.name)))
    }

    /// What recurs where each chain is told its occurrence.
    package func recurrence<Entry: EntryJobType, Payload>(
        _ type: Entry.Type, payload: Payload, _ rule: Recurrence, missedRuns: MissedRuns,
        overlappingRuns: OverlappingRuns, priority: Priority, trace: TraceMode?
    ) throws -> RecurrenceDefinition where Entry.Blockers == NoBlockers, Entry.Input == Occurrence<Payload> {
        // What could not be started is refused now, and not at each occurrence.
        _ = try text(of: Occurrence(time: clock.now, payload: payload), for: type)
        return RecurrenceDefinition(
            rule: rule, missedRuns: missedRuns, overlappingRuns: overlappingRuns, priority: priority,
            trace: trace.map(StoredTraceMode.init), entryTypeName: Entry.name,
            input: .occurrence(payload: try comparable(payload, typeName: Entry.name)))
    }

    /// The input as it is stored, by the way that each input takes.
    private func text<Entry: EntryJobType>(of input: Entry.Input, for _: Entry.Type) throws -> String
    where Entry.Blockers == NoBlockers {
        try admit(Entry.self)
        return try Successor(Entry.self, input: input, blockers: (), options: JobOptions()).encodeInput(codec)
    }

    private func comparable(_ value: some Encodable, typeName: String) throws -> String {
        do {
            return try canonicalJSON(value)
        } catch {
            throw JobDataError(
                code: .inputNotEncodable, direction: .writing, typeName: typeName, jobID: nil, underlying: error)
        }
    }

    func startRecurring(
        _ name: String, _ definition: RecurrenceDefinition, on connection: isolated Adapter.Connection
    ) throws -> RecurringWork {
        let effects = try connection.openEffects
        return try startRecurring(name, definition, with: adapter.operations(on: connection), effects: effects)
    }

    /// Starts the job that waits for the first occurrence, unless there is one by this definition.
    package func startRecurring(
        _ name: String, _ definition: RecurrenceDefinition, with operations: Adapter.Operations,
        effects: TransactionEffects
    ) throws -> RecurringWork {
        try InvalidRecurrenceNameError.check(name)
        var waiting = RecurrenceJob.Input(
            name: name, definition: definition, occurrence: definition.rule.next(after: try operations.databaseTime()))
        while true {
            // One job was written, so one came back.
            let started = try start([Successor(waiting)], with: operations, effects: effects)[0]
            guard started.isExisting else { return RecurringWork(waiting) }
            // One that can never be read again is defined otherwise.
            if let existing = try readable(started.row) {
                if existing.definition == definition { return RecurringWork(existing) }
                waiting.lastRuns = existing.lastRuns
                if existing.definition.rule == definition.rule { waiting.occurrence = existing.occurrence }
            }
            // If it has ended meanwhile, its successor is found instead of it.
            _ = try cancel([started.row.chainID], dependants: .cancel, with: operations, effects: effects)
        }
    }

    private func waiting(_ row: JobRow) throws -> RecurrenceJob.Input {
        try codec.decodeInput(of: RecurrenceJob.self, from: row)
    }

    /// The recurrence of a row; `nil` if it is of another form, or by a rule that this machine doesn't know.
    ///
    /// What the codec itself throws may be over soon, as when it lacks a key: that is no reason to begin anew.
    private func readable(_ row: JobRow) throws -> RecurrenceJob.Input? {
        do {
            return try codec.payloads.decode(
                RecurrenceJob.Input.self, from: row.input, as: PayloadKind(.input, of: RecurrenceJob.name))
        } catch is DecodingError, is CronExpressionError, is UnknownTimeZoneError, is InvalidIntervalError {
            return nil
        } catch {
            throw JobDataError(
                code: .inputNotDecodable, direction: .reading, typeName: RecurrenceJob.name, jobID: row.id,
                underlying: error)
        }
    }

    // MARK: Stopping

    private func stop(_ name: String, on connection: isolated Adapter.Connection) throws -> Bool {
        let effects = try connection.openEffects
        return try stopRecurring(name, with: adapter.operations(on: connection), effects: effects)
    }

    /// Finds the job that waits by the key that it has, for which another is started that would have the same, and cancels it.
    package func stopRecurring(
        _ name: String, with operations: Adapter.Operations, effects: TransactionEffects
    ) throws -> Bool {
        while true {
            let id = try jobID()
            let probe = NewJob(
                id: id, typeName: RecurrenceJob.name, chainID: id, chainTypeName: RecurrenceJob.name, chainIndex: 0,
                input: "{}", schedule: .at(Timestamp(microseconds: .max)),
                deduplication: RecurrenceJob.deduplication(of: name))
            // One job was written, so one came back.
            let found = try operations.insertJobs([probe])[0]
            guard found.isExisting else {
                _ = try operations.deleteChains(DeletionRequest(chainIDs: [id]))
                return false
            }
            // If it has ended meanwhile, its successor is found instead of it.
            let cancelled = try cancel([found.row.chainID], dependants: .cancel, with: operations, effects: effects)
            if !cancelled.isEmpty { return true }
        }
    }
}
