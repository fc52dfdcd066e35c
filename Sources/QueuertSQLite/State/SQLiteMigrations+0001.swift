extension SQLiteMigrations {
    /// Chains and their jobs, what they wait for and what became of their attempts.
    @Sendable static func jobs(_ prefix: String) -> String {
        """
        CREATE TABLE \(prefix)job (
            id TEXT PRIMARY KEY NOT NULL,
            type_name TEXT NOT NULL,
            chain_id TEXT NOT NULL REFERENCES \(prefix)job (id) DEFERRABLE INITIALLY DEFERRED,
            chain_type_name TEXT NOT NULL,
            chain_index INTEGER NOT NULL,
            successor_id TEXT REFERENCES \(prefix)job (id) DEFERRABLE INITIALLY DEFERRED,
            input TEXT NOT NULL,
            output TEXT,
            created_at INTEGER NOT NULL,
            scheduled_at INTEGER NOT NULL,
            ready_at INTEGER,
            completed_at INTEGER,
            completed_by TEXT,
            attempt INTEGER NOT NULL DEFAULT 0,
            last_attempt_at INTEGER,
            last_attempt_error TEXT,
            leased_by TEXT,
            lease_token INTEGER NOT NULL DEFAULT 0,
            leased_until INTEGER,
            has_open_blockers INTEGER NOT NULL,
            chain_trace_context TEXT,
            job_trace_context TEXT,
            attempt_trace_context TEXT,
            trace_carrier TEXT,
            trace_segment TEXT
        ) STRICT;
        -- What a worker may have, in the order in which it is due.
        CREATE INDEX \(prefix)job_claimable ON \(prefix)job (type_name, scheduled_at, id)
            WHERE completed_at IS NULL AND leased_until IS NULL AND has_open_blockers = 0;
        CREATE INDEX \(prefix)job_leased ON \(prefix)job (leased_until) WHERE leased_until IS NOT NULL;
        CREATE UNIQUE INDEX \(prefix)job_place ON \(prefix)job (chain_id, chain_index);
        -- A chain has one end: at most one of its jobs has no successor.
        CREATE UNIQUE INDEX \(prefix)job_last ON \(prefix)job (chain_id) WHERE successor_id IS NULL;

        CREATE TABLE \(prefix)job_blocker (
            job_id TEXT NOT NULL REFERENCES \(prefix)job (id),
            ordinal INTEGER NOT NULL,
            blocked_by_chain_id TEXT NOT NULL REFERENCES \(prefix)job (id),
            blocked_at INTEGER NOT NULL,
            resolved_at INTEGER,
            trace_context TEXT,
            PRIMARY KEY (job_id, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX \(prefix)job_blocker_open ON \(prefix)job_blocker (blocked_by_chain_id)
            WHERE resolved_at IS NULL;

        CREATE TABLE \(prefix)job_attempt (
            job_id TEXT NOT NULL REFERENCES \(prefix)job (id),
            lease_token INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            worker TEXT,
            started_at INTEGER,
            ended_at INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            error TEXT,
            attempt_trace_context TEXT,
            PRIMARY KEY (job_id, lease_token)
        ) STRICT, WITHOUT ROWID;
        """
    }
}
