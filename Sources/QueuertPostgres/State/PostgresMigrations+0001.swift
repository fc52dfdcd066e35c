extension PostgresMigrations {
    /// Chains and their jobs, what they wait for and what became of their attempts.
    @Sendable static func jobs(_ tables: PostgresTables) -> String {
        """
        CREATE TABLE \(tables.job) (
            id \(tables.id) PRIMARY KEY,
            sequence bigint GENERATED ALWAYS AS IDENTITY,
            type_name text COLLATE "C" NOT NULL,
            chain_id \(tables.id) NOT NULL,
            chain_type_name text COLLATE "C" NOT NULL,
            chain_index integer NOT NULL,
            successor_id \(tables.id),
            input text NOT NULL,
            output text,
            created_at timestamptz NOT NULL,
            scheduled_at timestamptz NOT NULL,
            priority integer NOT NULL DEFAULT 0,
            -- Where a job that is ready stands in line; null while it is anything else.
            rank timestamptz,
            ready_at timestamptz,
            completed_at timestamptz,
            completed_by text,
            failed_at timestamptz,
            cancelled_at timestamptz,
            attempt integer NOT NULL DEFAULT 0,
            last_attempt_at timestamptz,
            last_attempt_error text,
            leased_by text,
            lease_token bigint NOT NULL DEFAULT 0,
            leased_until timestamptz,
            is_blocked boolean NOT NULL DEFAULT false,
            chain_trace_context text,
            job_trace_context text,
            attempt_trace_context text,
            trace_carrier text,
            trace_segment text
        ) WITH (
            fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1,
            autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0
        );
        -- A chain has one job at each place.
        CREATE UNIQUE INDEX \(tables.index("job_place")) ON \(tables.job) (chain_id, chain_index);
        -- What lists are read by, each type for itself.
        CREATE INDEX \(tables.index("job_created")) ON \(tables.job) (type_name, created_at, sequence);
        -- What a worker may have, the most urgent first.
        CREATE INDEX \(tables.index("job_ready")) ON \(tables.job) (type_name, rank, id) WHERE rank IS NOT NULL;
        CREATE INDEX \(tables.index("job_scheduled")) ON \(tables.job) (type_name, scheduled_at)
            WHERE rank IS NULL AND leased_by IS NULL AND completed_at IS NULL AND cancelled_at IS NULL AND failed_at IS NULL
                AND NOT is_blocked;
        CREATE INDEX \(tables.index("job_leased")) ON \(tables.job) (type_name) WHERE leased_by IS NOT NULL;
        CREATE INDEX \(tables.index("job_blocked")) ON \(tables.job) (type_name)
            WHERE is_blocked AND completed_at IS NULL AND cancelled_at IS NULL;
        CREATE INDEX \(tables.index("job_failed")) ON \(tables.job) (type_name)
            WHERE failed_at IS NOT NULL AND completed_at IS NULL AND cancelled_at IS NULL;
        CREATE INDEX \(tables.index("job_cancelled")) ON \(tables.job) (type_name) WHERE cancelled_at IS NOT NULL;

        CREATE TABLE \(tables.blocker) (
            job_id \(tables.id) NOT NULL\(tables.reference()),
            ordinal integer NOT NULL,
            blocked_by_chain_id \(tables.id) NOT NULL\(tables.reference()),
            blocked_at timestamptz NOT NULL,
            resolved_at timestamptz,
            trace_context text,
            PRIMARY KEY (job_id, ordinal)
        ) WITH (fillfactor = 85);
        CREATE INDEX \(tables.index("job_blocker_chain")) ON \(tables.blocker) (blocked_by_chain_id);

        CREATE TABLE \(tables.attempt) (
            job_id \(tables.id) NOT NULL\(tables.reference()),
            lease_token bigint NOT NULL,
            attempt integer NOT NULL,
            worker text,
            started_at timestamptz,
            ended_at timestamptz NOT NULL,
            outcome text NOT NULL,
            error text,
            attempt_trace_context text,
            PRIMARY KEY (job_id, lease_token)
        );

        -- The chain that was started with a key last.
        CREATE TABLE \(tables.deduplication) (
            chain_type_name text COLLATE "C" NOT NULL,
            key text COLLATE "C" NOT NULL,
            chain_id \(tables.id) NOT NULL\(tables.reference(" DEFERRABLE INITIALLY DEFERRED")),
            PRIMARY KEY (chain_type_name, key)
        );
        CREATE INDEX \(tables.index("deduplication_chain")) ON \(tables.deduplication) (chain_id);

        CREATE TABLE \(tables.pausedType) (
            type_name text COLLATE "C" PRIMARY KEY,
            paused_at timestamptz NOT NULL
        );

        """
    }

    /// How the functions are planned: once, for any values, and by their indexes.
    ///
    /// Plans that are made while a table is empty would read all of it for ever after.
    static let planning = """
        LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
            SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off
        """
}
