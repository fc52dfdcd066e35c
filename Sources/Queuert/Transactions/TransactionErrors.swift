/// A transaction that was begun inside another of the same task, for which it would wait for ever.
public struct NestedTransactionError: RedactedError, Sendable, Hashable {
    /// Makes the error.
    public init() {}

    /// What was wrong and what to do.
    public var description: String {
        """
        A transaction was begun inside another one of the same task, for which it would wait for ever. Pass the outer \
        one's connection: `on: db`. For a part that may fail on its own use `withSavepoint(on: db)`.
        """
    }
}

/// A wait for a chain inside a transaction, for which the chain may wait itself.
///
/// Nothing of the transaction is undone, unless its body throws this on.
public struct AwaitInTransactionError: RedactedError, Sendable, Hashable {
    /// The chain, which has not ended.
    public let chainID: JobID

    /// Makes the error.
    ///
    /// - Parameter chainID: The chain.
    public init(chainID: JobID) { self.chainID = chainID }

    /// What was wrong and what to do.
    public var description: String {
        """
        Chain \(chainID) was waited for inside a transaction of the same task, which may keep it from ending. Wait \
        when the transaction is over. A handler continues with a job that has the chain as a blocker instead.
        """
    }
}

/// A chain that was to be written on a connection without an open transaction.
///
/// Its workers could never be told: there is no commit to tell them after.
public struct TransactionRequiredError: RedactedError, Sendable, Hashable {
    /// Makes the error.
    public init() {}

    /// What was wrong and what to do.
    public var description: String {
        """
        The connection has no transaction open that may write. Use the connection that `withTransaction` gives you, inside \
        its body; if you begin transactions by hand, run BEGIN first.
        """
    }
}

/// Savepoints that ended in another order than the reverse of the one in which they began.
///
/// Two tasks of one transaction had savepoints open at the same time. The savepoint that ended first was rolled back, with
/// those inside it.
public struct OverlappingSavepointsError: RedactedError, Sendable, Hashable {
    /// Makes the error.
    public init() {}

    /// What was wrong and what to do.
    public var description: String {
        """
        Two savepoints of one transaction overlapped, so that one could not be undone without the other. Run the parts of \
        a transaction that have savepoints one after the other.
        """
    }
}
