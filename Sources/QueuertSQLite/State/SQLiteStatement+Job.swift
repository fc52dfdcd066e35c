import Queuert

extension SQLiteStatement {
    /// A job of a row that has the columns of ``SQLiteTables/columnNames``.
    ///
    /// - Parameter start: The number of the first of the columns.
    /// - Returns: The job.
    func job(from start: Int32 = 0) -> JobRow {
        let id = jobID(start)
        let typeName = text(start + 2)
        // Most chains have one job, whose texts are the chain's.
        let chainIndex = Int(int64(start + 1))
        return JobRow(
            id: id, typeName: typeName, chainID: chainIndex == 0 ? id : jobID(start + 3),
            chainTypeName: chainIndex == 0 ? typeName : text(start + 4), chainIndex: chainIndex,
            successorID: optionalText(start + 5).map(JobID.init(rawValue:)), input: text(start + 6),
            output: optionalText(start + 7), createdAt: time(start + 8), scheduledAt: time(start + 9),
            priority: Priority(Int(int64(start + 10))), readyAt: optionalTime(start + 11),
            completedAt: optionalTime(start + 12), completedBy: optionalText(start + 13),
            failedAt: optionalTime(start + 14), cancelledAt: optionalTime(start + 15), attempt: Int(int64(start + 16)),
            lastAttemptAt: optionalTime(start + 17), lastAttemptError: optionalText(start + 18),
            leasedBy: optionalText(start + 19), leaseToken: int64(start + 20), leasedUntil: optionalTime(start + 21),
            hasOpenBlockers: int64(start + 22) != 0,
            trace: JobTraceColumns(
                chainContext: optionalText(start + 23), jobContext: optionalText(start + 24),
                attemptContext: optionalText(start + 25), carrier: optionalText(start + 26),
                segment: optionalText(start + 27)))
    }

    /// A job and the number of its row, which comes first.
    func numberedJob() -> NumberedJob { NumberedJob(rowID: int64(0), row: job(from: 1)) }
}

/// A job and the number of its row, by which it is changed without being looked up again.
struct NumberedJob {
    let rowID: Int64
    var row: JobRow
}

extension JobRow {
    /// The job's place in line; `nil` if it is not ready.
    func rank(at now: Timestamp) -> Int64? {
        status(at: now) == .ready ? priority.rank(dueAt: scheduledAt) : nil
    }
}
