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

    /// Sends what is kept, without waiting for another time to try.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all of it was taken; what wasn't is still kept.
    func flush(timeout: Duration) async -> FlushResult

    /// Sends what is kept and stops.
    ///
    /// The next outbox goes on with what could not be sent.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all of it was taken; what wasn't is still kept.
    func shutdown(timeout: Duration) async -> FlushResult
}
