extension PostgresMigrations {
    /// How workers take jobs, from where the dead rows end: ``ClaimBounds`` says why.
    @Sendable static func claimFromBound(_ tables: PostgresTables) -> String {
        let job = tables.job
        let index = "\"\(tables.schema)\".\(tables.index("job_ready"))"
        return """
            CREATE FUNCTION \(tables.function("claim", version: 2)) (
                _now timestamptz, _types text[], _sizes integer[], _limit integer, _worker text, _lease bigint, _contexts text[],
                _with_blockers text[], _after timestamptz[], _after_ids \(tables.idParameter)[]
            ) RETURNS TABLE (
                job_id \(tables.idParameter), place integer, type text, chain \(tables.idParameter), chain_type text, input text,
                created timestamptz, scheduled timestamptz, priority integer, ready timestamptz, attempt integer,
                at timestamptz, error text, token bigint, until timestamptz, chain_context text, job_context text,
                attempt_context text, carrier text, segment text, previous_context text, blocker_chains text[],
                blocker_types text[], blocker_outputs text[], blocker_contexts text[], next_due timestamptz,
                rank timestamptz, dead bigint
            ) \(planning) AS $function$
            #variable_conflict use_column
            DECLARE
                _at timestamptz := coalesce(_now, clock_timestamp());
                _share_types text[] := _types;
                _shares integer[];
                _share_after timestamptz[] := _after;
                _share_after_ids \(tables.idParameter)[] := _after_ids;
                _expected integer;
                _claimed integer := 0;
                _next timestamptz;
                _looked bigint := pg_stat_get_xact_tuples_returned('\(index)'::regclass);
                _dead bigint;
            BEGIN
                IF EXISTS (SELECT FROM \(tables.pausedType)) THEN
                    SELECT coalesce(array_agg(w.type), '{}'), coalesce(array_agg(w.size), '{}'),
                        coalesce(array_agg(w.after), '{}'), coalesce(array_agg(w.after_id), '{}')
                    INTO _types, _sizes, _after, _after_ids
                    FROM unnest(_types, _sizes, _after, _after_ids) w (type, size, after, after_id)
                    WHERE NOT EXISTS (SELECT FROM \(tables.pausedType) p WHERE p.type_name = w.type);
                    _share_types := _types;
                    _share_after := _after;
                    _share_after_ids := _after_ids;
                END IF;
                -- Jobs that became due get in line: some at a time, so that no claim takes long.
                IF EXISTS (
                    SELECT FROM unnest(_types) w (type) CROSS JOIN LATERAL (
                        SELECT FROM \(job) j WHERE j.type_name = w.type AND j.scheduled_at <= _at
                            AND \(PostgresTables.isScheduled("j")) LIMIT 1) due
                ) THEN
                    UPDATE \(job) j SET rank = \(PostgresTables.rank("j"))
                    FROM unnest(_types) w (type) CROSS JOIN LATERAL (
                        SELECT d.id FROM \(job) d WHERE d.type_name = w.type AND d.scheduled_at <= _at
                            AND \(PostgresTables.isScheduled("d"))
                        ORDER BY d.scheduled_at LIMIT greatest(1000, _limit) FOR NO KEY UPDATE SKIP LOCKED) due
                    WHERE j.id = due.id;
                END IF;
                IF cardinality(_types) = 1 THEN
                    _shares := ARRAY[least(_limit::bigint * _sizes[1], 100000)::integer];
                ELSE
                    -- How many of each type are among the most urgent: each type is a line of its own, of which no more is
                    -- looked at than may be taken. Each batch begins with one that takes a slot. A type whose first job is not
                    -- among the most urgent first ones has none that is.
                    SELECT array_agg(s.type), array_agg(s.share), array_agg(s.after), array_agg(s.after_id)
                    INTO _share_types, _shares, _share_after, _share_after_ids FROM (
                        SELECT h.type, h.after, h.after_id, (count(*) * max(h.size))::integer AS share FROM (
                            SELECT w.type, w.size, w.after, w.after_id, l.rank, l.id FROM (
                                SELECT t.* FROM unnest(_types, _sizes, _after, _after_ids) t (type, size, after, after_id)
                                CROSS JOIN LATERAL (
                                    SELECT i.rank, i.id FROM \(job) i WHERE i.type_name = t.type AND i.rank IS NOT NULL
                                        AND (i.rank, i.id) > (t.after, t.after_id)
                                    ORDER BY i.rank, i.id LIMIT 1) f
                                ORDER BY f.rank, f.id LIMIT _limit
                            ) w CROSS JOIN LATERAL (
                                SELECT j.rank, j.id, row_number() OVER (ORDER BY j.rank, j.id) AS number FROM (
                                    SELECT i.rank, i.id FROM \(job) i WHERE i.type_name = w.type AND i.rank IS NOT NULL
                                        AND (i.rank, i.id) > (w.after, w.after_id)
                                    ORDER BY i.rank, i.id LIMIT least(_limit::bigint * w.size, 100000)) j
                            ) l WHERE (l.number - 1) % w.size = 0 ORDER BY l.rank, l.id LIMIT _limit
                        ) h GROUP BY h.type, h.after, h.after_id
                    ) s;
                END IF;
                _expected := (SELECT sum(share) FROM unnest(_shares) share);
                RETURN QUERY
                WITH picked AS MATERIALIZED (
                    SELECT p.*, row_number() OVER (ORDER BY p.rank, p.id)::integer AS number
                    FROM unnest(_share_types, _shares, _share_after, _share_after_ids) s (type, share, after, after_id)
                    CROSS JOIN LATERAL (
                        SELECT j.id, j.rank, j.attempt_trace_context FROM \(job) j
                        WHERE j.type_name = s.type AND j.rank IS NOT NULL AND (j.rank, j.id) > (s.after, s.after_id)
                        ORDER BY j.rank, j.id LIMIT s.share FOR NO KEY UPDATE SKIP LOCKED) p
                ), claimed AS (
                    UPDATE \(job) j SET rank = NULL, attempt = j.attempt + 1, last_attempt_at = _at, leased_by = _worker,
                        lease_token = j.lease_token + 1, leased_until = _at + _lease * interval '1 microsecond',
                        attempt_trace_context = _contexts[picked.number]
                    FROM picked WHERE j.id = picked.id
                    RETURNING picked.number, picked.rank AS place, picked.attempt_trace_context AS previous, j.*
                )
                SELECT c.id, c.chain_index, c.type_name::text, c.chain_id, c.chain_type_name::text, c.input, c.created_at,
                    c.scheduled_at, c.priority, c.ready_at, c.attempt, c.last_attempt_at, c.last_attempt_error, c.lease_token,
                    c.leased_until, c.chain_trace_context, c.job_trace_context, c.attempt_trace_context, c.trace_carrier,
                    c.trace_segment, c.previous, blockers.chain_ids, blockers.type_names, blockers.outputs,
                    blockers.contexts, NULL::timestamptz, c.place, NULL::bigint
                FROM claimed c
                \(tables.blockerOutputs(of: "c", if: "c.type_name = ANY (_with_blockers)"))
                ORDER BY c.number;
                GET DIAGNOSTICS _claimed = ROW_COUNT;
                -- What others are just claiming, or hold for long, is not to be waited for.
                IF _claimed < _limit OR _claimed < _expected THEN
                    _next := CASE WHEN EXISTS (
                        SELECT FROM unnest(_types, _after, _after_ids) w (type, after, after_id) CROSS JOIN LATERAL (
                            SELECT j.id FROM \(job) j WHERE j.type_name = w.type AND j.rank IS NOT NULL
                                AND (j.rank, j.id) > (w.after, w.after_id)
                            ORDER BY j.rank, j.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) ready
                    ) THEN _at ELSE (
                        SELECT min(next.scheduled_at) FROM unnest(_types) w (type) CROSS JOIN LATERAL (
                            SELECT j.scheduled_at FROM \(job) j WHERE j.type_name = w.type
                                AND \(PostgresTables.isScheduled("j")) ORDER BY j.scheduled_at LIMIT 1) next
                    ) END;
                END IF;
                -- What was looked at beyond the jobs that could be chosen from is dead; each of those is looked at a few times.
                _dead := pg_stat_get_xact_tuples_returned('\(index)'::regclass) - _looked - 4 * _claimed
                    - cardinality(_types) * least(_limit::bigint * (SELECT max(size) FROM unnest(_sizes) size), 100000);
                IF _claimed < _limit OR _claimed < _expected OR _dead > 1000 THEN
                    RETURN QUERY SELECT NULL::\(tables.idParameter), NULL::integer, NULL::text, NULL::\(tables.idParameter),
                        NULL::text, NULL::text, NULL::timestamptz, NULL::timestamptz, NULL::integer, NULL::timestamptz,
                        NULL::integer, _at, NULL::text, NULL::bigint, NULL::timestamptz, NULL::text, NULL::text, NULL::text,
                        NULL::text, NULL::text, NULL::text, NULL::text[], NULL::text[], NULL::text[], NULL::text[], _next,
                        NULL::timestamptz, _dead;
                END IF;
            END $function$;
            """
    }
}
