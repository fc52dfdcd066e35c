import Foundation
public import Logging
public import Queuert

/// Tells workers and waiters of all processes by LISTEN and NOTIFY.
///
/// ```swift
/// let notify = PostgresNotify("postgresql://localhost/app")
/// let client = Client(adapter: adapter, notify: notify)
/// ```
///
/// Each adapter has one connection of its own, on which it listens and sends, so that no transaction waits for a notification:
/// one inside a transaction would have all commits of the database wait for each other. What is sent while another
/// notification is under way goes together. Listeners of the same adapter are told at once, without the server; others are
/// told of a job only if no worker of the process has a slot for it.
///
/// A job that becomes due wakes one worker more than it needs, and not those of all processes: who looks is drawn by lot.
///
/// When the connection was lost, it is made anew, and listeners are told that they may have missed something. The connection
/// must be to the server itself: a pool that shares connections by transaction can't listen.
public final class PostgresNotify: NotifyAdapter {
    private let local = InProcessNotify()
    private let link: PostgresNotifyLink

    /// Makes an adapter, which connects in the background.
    ///
    /// A channel of other characters, or with more of them or none, is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - connectionString: Where the database is, as for ``PostgresPool``.
    ///   - channel: The name of the channel: 1 to 63 letters, digits and underscores. Queues in one database that are
    ///     not to wake each other have different ones.
    ///   - logger: What is logged goes here.
    public convenience init(
        _ connectionString: String = "", channel: String = "queuert", logger: Logger = Logger(label: "queuert.postgres")
    ) {
        self.init(connectionString, channel: channel, silence: .seconds(20), logger: logger)
    }

    /// Makes an adapter that tries its connection when nothing has come for some time.
    package init(_ connectionString: String, channel: String, silence: Duration, logger: Logger) {
        precondition(
            channel.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
            } && 1...63 ~= channel.utf8.count,
            "The channel “\(channel)” may hold letters, digits and underscores only, 63 at most.")
        link = PostgresNotifyLink(
            connectionString: connectionString, channel: channel, silence: silence, logger: logger
        ) { [local] hint in
            let hint = hint.shared
            local.send(hint)
            return hint.rest
        }
    }

    deinit { link.stop() }

    /// Sends a hint to all listeners: to those of this adapter at once, to others soon.
    ///
    /// - Parameter hint: What happened.
    public func send(_ hint: WakeHint) {
        if hint.isEmpty { return }
        let hint = hint.shared
        local.send(hint)
        link.send(hint.rest)
    }

    /// Calls a listener for each hint while a body runs.
    ///
    /// The body begins when the server listens for the adapter, or when it turned out that it can't be reached just now.
    ///
    /// - Parameters:
    ///   - listener: Called on any thread. Must return at once.
    ///   - body: What to run meanwhile.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await local.withListener(listener) {
            await link.untilListening()
            return try await body()
        }
    }

    /// How many processes the adapter knows to listen, itself included; 0 while it does not listen.
    package var listenerCount: Int { link.listenerCount }

    /// Sends what is to be sent, ends the connection, and returns then.
    public func close() async { await link.close() }
}
