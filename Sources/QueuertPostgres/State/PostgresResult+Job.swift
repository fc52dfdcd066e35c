import Queuert

extension PostgresResult.Row {
    func time(_ column: Int) -> Timestamp { Timestamp(postgresMicroseconds: int64(column)) }
    func optionalTime(_ column: Int) -> Timestamp? { isNull(column) ? nil : time(column) }
    func optionalInt64(_ column: Int) -> Int64? { isNull(column) ? nil : int64(column) }

    func jobID(_ column: Int, _ type: PostgresIDType) -> JobID {
        switch type {
        case .uuid: JobID(rawValue: UUIDBytes.text(uuid(column)))
        case .text: JobID(rawValue: text(column))
        }
    }

    func optionalJobID(_ column: Int, _ type: PostgresIDType) -> JobID? { isNull(column) ? nil : jobID(column, type) }

    /// A job of a row that has the columns of ``PostgresTables/columnNames``.
    ///
    /// - Parameters:
    ///   - type: How identifiers are stored.
    ///   - start: The number of the first of the columns.
    /// - Returns: The job.
    func job(_ type: PostgresIDType, from start: Int = 0) -> JobRow {
        let id = jobID(start, type)
        let typeName = text(start + 2)
        // Most chains have one job, whose texts are the chain's.
        let chainIndex = Int(int32(start + 1))
        return JobRow(
            id: id, typeName: typeName, chainID: chainIndex == 0 ? id : jobID(start + 3, type),
            chainTypeName: chainIndex == 0 ? typeName : text(start + 4), chainIndex: chainIndex,
            successorID: optionalJobID(start + 5, type), input: text(start + 6), output: optionalText(start + 7),
            createdAt: time(start + 8), scheduledAt: time(start + 9), priority: Priority(Int(int32(start + 10))),
            readyAt: optionalTime(start + 11), completedAt: optionalTime(start + 12),
            completedBy: optionalText(start + 13), failedAt: optionalTime(start + 14),
            cancelledAt: optionalTime(start + 15), attempt: Int(int32(start + 16)),
            lastAttemptAt: optionalTime(start + 17), lastAttemptError: optionalText(start + 18),
            leasedBy: optionalText(start + 19), leaseToken: int64(start + 20), leasedUntil: optionalTime(start + 21),
            hasOpenBlockers: bool(start + 22),
            trace: JobTraceColumns(
                chainContext: optionalText(start + 23), jobContext: optionalText(start + 24),
                attemptContext: optionalText(start + 25), carrier: optionalText(start + 26),
                segment: optionalText(start + 27)))
    }

    /// What a job waited for, of four arrays.
    func claimedBlockers(from start: Int) -> [ClaimedBlocker] {
        if isNull(start) { return [] }
        let chainIDs = optionalTexts(start)
        let typeNames = optionalTexts(start + 1)
        let outputs = optionalTexts(start + 2)
        let contexts = optionalTexts(start + 3)
        return chainIDs.indices.map { index in
            ClaimedBlocker(
                chainID: JobID(rawValue: chainIDs[index] ?? ""), chainTypeName: typeNames[index] ?? "",
                output: outputs[index] ?? "", chainStartContext: contexts[index])
        }
    }

    /// A job with what its attempt was told: the columns of ``PostgresTables/columnNames``, then those of
    /// ``PostgresTables/attemptColumns(of:)``.
    func claimedJob(_ type: PostgresIDType, from start: Int = 0) -> ClaimedJob {
        let end = start + PostgresTables.columnNames.count
        return ClaimedJob(
            row: job(type, from: start), previousAttemptContext: optionalText(end),
            blockers: claimedBlockers(from: end + 1))
    }
}
