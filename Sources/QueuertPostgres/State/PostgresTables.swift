/// How the identifiers of jobs are stored.
public enum PostgresIDType: String, Sendable {
    /// As UUIDs, which is what the queue's identifiers are by default: 16 bytes each.
    case uuid
    /// As text, for identifiers of any form.
    case text
}

/// The names of the queue's tables, indexes and functions, and what is said of them in several statements.
package struct PostgresTables: Sendable {
    package let schema, prefix: String
    let idType: PostgresIDType
    let keeping: PostgresHistory
    let job, blocker, attempt, deduplication, pausedType, migration, telemetryOutbox, telemetryLeader: String
    /// The table of chains that have ended, and that of its partitions, where there are any.
    let history, partition: String
    /// What holds all jobs, ended or not.
    let all: String
    /// The type of a column that holds an identifier, and of a parameter.
    let id, idParameter: String

    package init(schema: String, prefix: String, idType: PostgresIDType, history keeping: PostgresHistory = .amongJobs)
    {
        Self.check(schema, "schema", limit: 63)
        // The longest name of an index or function has 20 characters more.
        Self.check(prefix, "table prefix", limit: 43)
        self.schema = schema
        self.prefix = prefix
        self.idType = idType
        self.keeping = keeping
        func name(_ suffix: String) -> String { "\"\(schema)\".\"\(prefix)\(suffix)\"" }
        job = name("job")
        blocker = name("job_blocker")
        attempt = name("job_attempt")
        deduplication = name("deduplication")
        pausedType = name("paused_type")
        migration = name("migration")
        telemetryOutbox = name("telemetry_outbox")
        telemetryLeader = name("telemetry_leader")
        history = name("job_history")
        partition = name("partition")
        all = keeping.isPartitioned ? name("all_jobs") : job
        idParameter = idType.rawValue
        // By bytes, as identifiers are compared everywhere else, and faster.
        id = idType == .text ? "text COLLATE \"C\"" : "uuid"
    }

    private static func check(_ name: String, _ what: String, limit: Int) {
        precondition(
            name.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
            }, "The \(what) “\(name)” may hold letters, digits and underscores only.")
        precondition(
            name.utf8.count <= limit, "The \(what) “\(name)” is too long: it may have \(limit) characters at most.")
    }

    /// The name of an index, without its schema, which is the table's.
    func index(_ suffix: String) -> String { "\"\(prefix)\(suffix)\"" }

    /// The name of a function.
    ///
    /// Its number changes when what it does or takes changes, so that processes of the version before can go on. Only a
    /// repair that is as good for those replaces it in place. Those of tables with a history of their own have names of
    /// their own, so that nobody takes one for the other.
    func function(_ name: String, version: Int = 1) -> String {
        "\"\(schema)\".\"\(prefix)\(name)_\(isPartitioned ? "h" : "")\(version)\""
    }

    var isPartitioned: Bool { keeping.isPartitioned }

    /// How many jobs there are, as the server last counted them: a query for one number.
    var estimatedJobCount: String {
        let partitions =
            isPartitioned
            ? " OR c.oid IN (SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = to_regclass('\(history)'))" : ""
        return """
            SELECT coalesce(sum(c.reltuples), 0)::bigint FROM pg_class c
            WHERE c.reltuples > 0 AND (c.oid = to_regclass('\(job)')\(partitions))
            """
    }

    /// Whether a chain that ends at `_at` goes to a partition of the history.
    func hasPartition(_ chainID: String) -> String {
        """
        (SELECT p.upper > \(chainID) AND p.closes_at > _at AND p.retired_at IS NULL FROM \(partition) p \
        WHERE p.lower <= \(chainID) ORDER BY p.lower DESC LIMIT 1)
        """
    }

    /// Whether each statement of the transaction sees the latest state.
    static let isReadCommitted = "current_setting('transaction_isolation') LIKE 'read %'"

    /// A moment, where each statement of the transaction sees the latest state, or where a condition holds; an error elsewhere.
    ///
    /// For what would have jobs wait for ever if it did not see that another transaction has ended a chain, or begun to wait.
    func ifReadCommitted(_ moment: String, or condition: String = "false") -> String {
        """
        CASE WHEN \(Self.isReadCommitted) OR \(condition) THEN \(moment) \
        ELSE \(function("refuse_isolation"))() END
        """
    }

    /// A reference of a table's column to a job, which is checked where all jobs are in one table.
    func reference(_ options: String = "") -> String {
        isPartitioned ? "" : " REFERENCES \(job) (id)\(options)"
    }

    /// The columns of a job in the order in which ``PostgresResult/Row/job(_:from:)`` decodes them.
    static let columnNames = [
        "id", "chain_index", "type_name", "chain_id", "chain_type_name", "successor_id", "input", "output",
        "created_at",
        "scheduled_at", "priority", "ready_at", "completed_at", "completed_by", "failed_at", "cancelled_at", "attempt",
        "last_attempt_at", "last_attempt_error", "leased_by", "lease_token", "leased_until", "is_blocked",
        "chain_trace_context", "job_trace_context", "attempt_trace_context", "trace_carrier", "trace_segment",
    ]

    static func columns(of alias: String) -> String {
        columnNames.map { "\(alias).\($0)" }.joined(separator: ", ")
    }

    /// What an attempt is told besides its job: the context of the attempt before and the outputs of the job's blockers, as
    /// five columns.
    func attemptColumns(of alias: String) -> String {
        """
        (SELECT a.attempt_trace_context FROM \(attempt) a WHERE a.job_id = \(alias).id ORDER BY a.lease_token DESC LIMIT 1),
        blockers.chain_ids, blockers.type_names, blockers.outputs, blockers.contexts
        """
    }

    /// The outputs of what a job waited for, as far as that has ended, to be joined to it.
    func blockerOutputs(of alias: String, if condition: String = "true") -> String {
        """
        LEFT JOIN LATERAL (
            SELECT array_agg(b.blocked_by_chain_id::text ORDER BY b.ordinal) AS chain_ids,
                array_agg(first.type_name::text ORDER BY b.ordinal) AS type_names,
                array_agg(last.output ORDER BY b.ordinal) AS outputs,
                array_agg(first.job_trace_context ORDER BY b.ordinal) AS contexts
            FROM \(blocker) b
            JOIN LATERAL (\(first(ofChain: "b.blocked_by_chain_id", columns: "f.*"))) first ON true
            JOIN LATERAL (\(last(ofChain: "b.blocked_by_chain_id", columns: "l.output"))) last ON last.output IS NOT NULL
            WHERE b.job_id = \(alias).id
        ) blockers ON \(condition)
        """
    }

    /// The first job of a chain.
    ///
    /// To be joined laterally: a plan that is made while there are few jobs might else begin with all first jobs there are.
    func first(ofChain chainID: String, columns: String, in jobs: String? = nil, _ lock: String = "") -> String {
        "SELECT \(columns) FROM \(jobs ?? all) f WHERE f.chain_id = \(chainID) AND f.chain_index = 0 LIMIT 1\(lock)"
    }

    /// The last job of a chain.
    func last(ofChain chainID: String, columns: String) -> String {
        "SELECT \(columns) FROM \(all) l WHERE l.chain_id = \(chainID) ORDER BY l.chain_index DESC LIMIT 1"
    }

    /// What is due later, or was not found due yet: what the index job_scheduled holds.
    static func isScheduled(_ alias: String) -> String {
        """
        \(alias).rank IS NULL AND \(alias).leased_by IS NULL AND \(alias).completed_at IS NULL \
        AND \(alias).cancelled_at IS NULL AND \(alias).failed_at IS NULL AND NOT \(alias).is_blocked
        """
    }

    /// A job of which something may still become.
    static func isUnended(_ alias: String) -> String {
        "\(alias).completed_at IS NULL AND \(alias).cancelled_at IS NULL"
    }

    /// A job that waits for other chains: what the index job_blocked holds.
    static func isBlocked(_ alias: String) -> String { "\(alias).is_blocked AND \(isUnended(alias))" }

    /// The place in line of a job that is due: the moment at which it is due, less a minute for each step of priority.
    static func rank(_ alias: String) -> String { "\(alias).scheduled_at - \(alias).priority * interval '1 minute'" }

    /// What becomes of a job that waits for nothing more, at a moment: it gets in line then, however long it has waited.
    static func unblocking(_ alias: String, at moment: String) -> String {
        """
        is_blocked = false, ready_at = \(moment), scheduled_at = greatest(\(alias).scheduled_at, \(moment)),
            rank = CASE WHEN \(alias).scheduled_at <= \(moment)
                THEN \(moment) - \(alias).priority * interval '1 minute' END
        """
    }
}
