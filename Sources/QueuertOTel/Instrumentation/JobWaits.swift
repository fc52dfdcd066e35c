internal import Queuert

/// What a job waited for before an attempt, without a gap: the parts add up to the microsecond.
struct JobWaits: Hashable {
    /// For other chains.
    var blocked: Duration = .zero
    /// For its due time, as it was asked for: when the job was created, or by its handler.
    var schedule: Duration = .zero
    /// For its due time, after a failed attempt.
    var backoff: Duration = .zero
    /// For a worker.
    var queue: Duration = .zero
    /// Since when only a worker was missing.
    var runnableAt: Timestamp
    /// Whether the job was claimed before it was ready, because a clock was set back or two clocks differ.
    var isSkewed = false

    /// The waits of a job that was claimed at a moment.
    ///
    /// The first attempt's add up to the time since the job was created, a later one's to that since the attempt before.
    init(_ row: JobRow, claimedAt: Timestamp) {
        let readyAt = row.readyAt ?? row.createdAt
        let ready = min(readyAt, claimedAt)
        isSkewed = readyAt > claimedAt
        runnableAt = min(max(ready, row.scheduledAt), claimedAt)
        // Before the second attempt, and after a shutdown gave the first back, the job was not created but returned.
        if row.attempt == 1 && row.leaseToken == 1 { blocked = ready - row.createdAt }
        if row.attempt > 1 && row.lastAttemptFailed {
            backoff = runnableAt - ready
        } else {
            schedule = runnableAt - ready
        }
        queue = claimedAt - runnableAt
    }

    /// Adds what was waited for to what a span says.
    func tell(in attributes: inout [Attribute]) {
        func add(_ key: String, _ wait: Duration) {
            attributes.append(Attribute(key, .double(wait / .seconds(1))))
        }
        if blocked != .zero { add(QueueAttributes.waitBlocked, blocked) }
        if schedule != .zero { add(QueueAttributes.waitSchedule, schedule) }
        if backoff != .zero { add(QueueAttributes.waitBackoff, backoff) }
        // The queue's share is always told, a zero as well: it is the most wanted number.
        add(QueueAttributes.waitQueue, queue)
        if isSkewed { attributes.append(Attribute(QueueAttributes.clockSkew, true)) }
    }
}
