extension Client {
    /// Writes a decision as part of the handler's transaction, which is over then.
    func settle<Kind: JobType>(
        _ decision: Decision<Kind>, of attempt: Attempt, on connection: isolated Adapter.Connection
    ) throws {
        try write(decision, of: attempt, isLast: true, on: connection) { try attempt.beginSettling() }
    }

    /// Writes a decision as part of the handler's transaction.
    func write<Kind: JobType>(
        _ decision: Decision<Kind>, of attempt: Attempt, isLast: Bool = false,
        on connection: isolated Adapter.Connection, _ prepare: () throws -> Void = {}
    ) throws {
        let settling = try attempt.settling(decision)
        do {
            try prepare()
            guard try settle([settling], isLast: isLast, on: connection) == [true] else { throw attempt.leaseLost() }
        } catch {
            settling.successor?.rolledBack()
            throw error
        }
    }

    /// Prolongs the lease of an attempt in its handler's transaction.
    func renewLease(of attempt: Attempt, on connection: isolated Adapter.Connection) throws {
        let lease = attempt.lease
        let renewed = try adapter.operations(on: connection).renewLeases([lease], for: attempt.worker.leaseDuration)
        guard renewed.contains(lease) else { throw attempt.leaseLost() }
    }
}
