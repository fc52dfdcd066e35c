extension PostgresMigrations {
    /// The place in line of jobs that waited for others.
    @Sendable static func placeInLine(_ tables: PostgresTables) -> String {
        let job = tables.job
        let id = tables.idParameter
        let blocker = tables.blocker
        return """
            -- Resolves the waits for chains that have ended. Their first jobs are locked, so that nobody begins to wait. A job that
            -- waits for nothing more gets in line now: what it waited for others is not what it ages by.
            CREATE OR REPLACE FUNCTION \(tables.function("resolve")) (_at timestamptz, _chains \(id)[]) RETURNS TABLE (
                chain \(id), job \(id), job_type text, job_chain \(id), job_context text, await_context text, ordinal integer,
                blocked timestamptz, unblocks boolean, scheduled timestamptz
            ) \(planning) AS $function$
            #variable_conflict use_column
            BEGIN
                -- Chains that end at the same moment wait here for each other, or each would see the other's end to come.
                PERFORM FROM \(job) d WHERE d.id IN (
                    SELECT b.job_id FROM \(blocker) b WHERE b.blocked_by_chain_id = ANY (_chains) AND b.resolved_at IS NULL)
                ORDER BY d.id FOR NO KEY UPDATE;
                RETURN QUERY
                WITH resolved AS MATERIALIZED (
                    UPDATE \(blocker) b SET resolved_at = _at
                    WHERE b.blocked_by_chain_id = ANY (_chains) AND b.resolved_at IS NULL RETURNING b.*
                ), unblocked AS MATERIALIZED (
                    UPDATE \(job) d SET \(PostgresTables.unblocking("d", at: "_at"))
                    WHERE d.id IN (SELECT r.job_id FROM resolved r) AND \(PostgresTables.isBlocked("d"))
                        AND NOT EXISTS (SELECT FROM \(blocker) o WHERE o.job_id = d.id AND o.resolved_at IS NULL
                            AND NOT o.blocked_by_chain_id = ANY (_chains))
                    RETURNING d.id
                )
                SELECT r.blocked_by_chain_id, d.id, d.type_name::text, d.chain_id, d.job_trace_context, r.trace_context,
                    r.ordinal, r.blocked_at,
                    u.id IS NOT NULL AND row_number() OVER (
                        PARTITION BY d.id ORDER BY array_position(_chains, r.blocked_by_chain_id) DESC, r.ordinal DESC) = 1,
                    CASE WHEN u.id IS NULL THEN d.scheduled_at ELSE greatest(d.scheduled_at, _at) END
                FROM resolved r JOIN \(job) d ON d.id = r.job_id LEFT JOIN unblocked u ON u.id = d.id
                WHERE \(PostgresTables.isUnended("d")) ORDER BY d.sequence, r.ordinal;
            END $function$;
            """
    }
}
