#if CommandLine
internal import Queuert

/// Jobs and chains for programs: the keys that the guide lists.
enum JobJSON {
    static func job(_ row: JobRow, _ status: JobStatuses, showsData: Bool) -> JSONValue {
        let job: JSONValue = [
            "id": JSONValue(row.id), "type": .string(row.typeName), "status": .string(status[row].rawValue),
            "chainID": JSONValue(row.chainID), "chainType": .string(row.chainTypeName),
            "chainIndex": .integer(row.chainIndex), "successorID": JSONValue(row.successorID),
            "priority": .integer(row.priority.rawValue), "createdAt": JSONValue(row.createdAt),
            "dueAt": JSONValue(row.scheduledAt), "readyAt": JSONValue(row.readyAt), "attempts": .integer(row.attempt),
            "lastAttemptAt": JSONValue(row.lastAttemptAt), "worker": JSONValue(row.leasedBy),
            "leasedUntil": JSONValue(row.leasedUntil), "completedAt": JSONValue(row.completedAt),
            "completedBy": JSONValue(row.completedBy), "failedAt": JSONValue(row.failedAt),
            "cancelledAt": JSONValue(row.cancelledAt),
        ]
        guard showsData else { return job }
        return job.adding([
            ("input", .string(row.input)), ("output", JSONValue(row.output)),
            ("lastError", JSONValue(row.lastAttemptError)),
        ])
    }

    static func chain(_ chain: ChainEnds, _ status: JobStatuses, showsData: Bool) -> JSONValue {
        let json: JSONValue = [
            "id": JSONValue(chain.first.id), "type": .string(chain.first.typeName),
            "status": .string(status[chain.last].rawValue), "jobs": .integer(chain.last.chainIndex + 1),
            "createdAt": JSONValue(chain.first.createdAt), "endedAt": JSONValue(chain.endedAt),
            "lastJobID": JSONValue(chain.last.id), "lastJobType": .string(chain.last.typeName),
        ]
        guard showsData else { return json }
        return json.adding([
            ("input", .string(chain.first.input)), ("output", JSONValue(chain.last.output)),
            ("lastError", JSONValue(chain.last.lastAttemptError)),
        ])
    }
}

extension ChainEnds {
    /// When the chain ended, or failed.
    var endedAt: Timestamp? { last.completedAt ?? last.cancelledAt ?? last.failedAt }
}
#endif
