extension SQLiteMigrations {
    /// Priorities, chains that fail or are cancelled, deduplication, paused types.
    ///
    /// Takes as long as its indexes take to build. Jobs that wait keep their place: `rank` is null until a claim finds that they
    /// are due. A process of the version before can end the attempts that it runs, but claims and starts nothing any more:
    /// its statements name a column that has another name now, so that it can't take jobs without minding `rank`.
    @Sendable static func core(_ prefix: String) -> String {
        """
        DROP INDEX \(prefix)job_claimable;
        DROP INDEX \(prefix)job_last;
        DROP INDEX \(prefix)job_blocker_open;
        ALTER TABLE \(prefix)job RENAME COLUMN has_open_blockers TO is_blocked;
        -- Where a job that is ready stands in line; null while it is anything else.
        ALTER TABLE \(prefix)job ADD COLUMN rank INTEGER;
        ALTER TABLE \(prefix)job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE \(prefix)job ADD COLUMN failed_at INTEGER;
        ALTER TABLE \(prefix)job ADD COLUMN cancelled_at INTEGER;

        -- What a worker may have, the most urgent first. With the priority, the moment at which it was due is known too.
        CREATE INDEX \(prefix)job_ready ON \(prefix)job (type_name, rank, id, priority) WHERE rank IS NOT NULL;
        -- What is neither ready, running nor completed: scheduled, blocked, failed and cancelled jobs. The last three columns
        -- are null in all of it, and spare SQLite a look at the rows to see that they are.
        CREATE INDEX \(prefix)job_waiting ON \(prefix)job
            (cancelled_at, is_blocked, failed_at, type_name, scheduled_at, rank, leased_until, completed_at)
            WHERE rank IS NULL AND leased_until IS NULL AND completed_at IS NULL;
        -- Each ends in the number of the row, and rows are numbered in the order of creation: what lists are read by.
        CREATE INDEX \(prefix)job_type ON \(prefix)job (type_name);
        -- What a deletion looks up to see that nothing refers to the job; job_place does it for chain_id.
        CREATE INDEX \(prefix)job_successor ON \(prefix)job (successor_id) WHERE successor_id IS NOT NULL;
        CREATE INDEX \(prefix)job_blocker_chain ON \(prefix)job_blocker (blocked_by_chain_id, resolved_at);

        -- The chain that was started with a key last.
        CREATE TABLE \(prefix)deduplication (
            chain_type_name TEXT NOT NULL,
            key TEXT NOT NULL,
            chain_id TEXT NOT NULL REFERENCES \(prefix)job (id),
            PRIMARY KEY (chain_type_name, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX \(prefix)deduplication_chain ON \(prefix)deduplication (chain_id);

        CREATE TABLE \(prefix)paused_type (
            type_name TEXT PRIMARY KEY NOT NULL,
            paused_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
    }
}
