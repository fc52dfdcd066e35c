public import Queuert

/// Keeps requests until a receiver has taken them, over an outage of the receiver and the end of the process.
///
/// An exporter that is given one hands its requests over and leaves the sending to it. `QueuertOTelOutbox` has one that
/// keeps them in a SQLite file.
public protocol OTLPOutbox: Sendable {
    /// Gives the outbox what it sends a signal's requests with.
    ///
    /// An exporter does so when it is made.
    ///
    /// - Parameter sender: Sends the requests of its signal.
    func attach(_ sender: OTLPRequestSender)

    /// Keeps a request.
    ///
    /// Blocks until it is safe, which must not depend on a receiver.
    ///
    /// - Parameter request: The request.
    /// - Returns: Whether it is kept; if not, the exporter sends it itself.
    func keep(_ request: OTLPRequest) -> Bool

    /// Whether it is in the queue's database, so that transactions keep the spans of what they write by themselves.
    ///
    /// No by default.
    var isInQueueDatabase: Bool { get }

    /// In which database it is, as far as that is known; `nil`, the default, if it isn't, or if it is in none.
    var databaseIdentity: DatabaseIdentity? { get }

    /// A transaction was committed that has kept something by itself.
    ///
    /// - Parameter itemCount: How many spans, data points or log records.
    func transactionKept(itemCount: Int)

    /// Something was too large to be kept by a transaction, and is lost.
    ///
    /// - Parameter itemCount: How many spans, data points or log records.
    func couldNotKeep(itemCount: Int)

    /// What became of what was kept, to be told as metrics; `nil`, the default, if nobody counts.
    var counts: OTLPOutboxCounts? { get }

    /// How much is kept, as it was last looked at; `nil`, the default, if that isn't known.
    ///
    /// Must return at once.
    var waiting: (items: Int, bytes: Int)? { get }

    /// Sends what is kept, without waiting for another time to try.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all of it was taken. What can't be sent is still kept, and what the receiver refuses is lost.
    func flush(timeout: Duration) async -> FlushResult

    /// Sends what is kept and stops.
    ///
    /// The next outbox goes on with what could not be sent.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all of it was taken. What can't be sent is still kept, and what the receiver refuses is lost.
    func shutdown(timeout: Duration) async -> FlushResult
}

extension OTLPOutbox {
    /// It isn't.
    public var isInQueueDatabase: Bool { false }

    /// Not known.
    public var databaseIdentity: DatabaseIdentity? { nil }

    /// Does nothing.
    ///
    /// - Parameter itemCount: Not looked at.
    public func transactionKept(itemCount: Int) {}

    /// Does nothing.
    ///
    /// - Parameter itemCount: Not looked at.
    public func couldNotKeep(itemCount: Int) {}

    /// Nobody knows.
    public var waiting: (items: Int, bytes: Int)? { nil }

    /// Nobody counts.
    public var counts: OTLPOutboxCounts? { nil }
}
