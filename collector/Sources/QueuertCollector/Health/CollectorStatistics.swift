internal import Synchronization

/// What the collector has counted since it started.
final class CollectorStatistics: Sendable {
    /// What became of the items of a signal.
    struct Items: Sendable {
        /// How many are in the database.
        var accepted = 0
        /// How many of those were there already.
        var repeated = 0
        /// How many were left out, because others came under the same ids before.
        var conflicting = 0
        /// How many can't be kept, because something is wrong with them.
        var refused = 0
        /// How many could not be stored, so that their senders were asked to send them again.
        var failed = 0
    }

    /// Everything that is counted.
    struct Counts: Sendable {
        var items: [Signal: Items] = [:]
        /// How many requests got an answer, by signal and status.
        var requests: [Signal: [Int: Int]] = [:]
        /// How many bytes requests had.
        var receivedBytes = 0
        /// How many they had after decompression.
        var decompressedBytes = 0
        /// How many items were removed because the store was full or they were old.
        var prunedSpans = 0
        var prunedTraces = 0
        var prunedLogs = 0
        var prunedPoints = 0
        /// What was left out on the way to another collector, or to files, and why.
        var dropped: [Drop: Int] = [:]
        /// How many requests went to another collector.
        var forwarded = 0
        /// How many requests were written to files.
        var written = 0
    }

    /// Something that was left out.
    struct Drop: Hashable, Sendable {
        /// Where it should have gone.
        enum Destination: String, Sendable { case forwarding, files }
        /// Why it didn't.
        enum Reason: String, Sendable {
            case queueFull = "queue_full"
            case writeFailed = "write_failed"
            case refused, unreachable, stopped
        }
        let destination: Destination
        let reason: Reason
    }

    private let state = Mutex(Counts())

    /// What was counted until now.
    var counts: Counts { state.withLock { $0 } }

    /// Counts something.
    ///
    /// - Parameter body: Changes the counts; must not block.
    func count(_ body: (inout Counts) -> Void) { state.withLock { body(&$0) } }

    /// Counts what became of the items of a request.
    ///
    /// - Parameters:
    ///   - signal: What they are.
    ///   - body: Changes the counts.
    func count(_ signal: Signal, _ body: (inout Items) -> Void) {
        state.withLock { body(&$0.items[signal, default: Items()]) }
    }
}
