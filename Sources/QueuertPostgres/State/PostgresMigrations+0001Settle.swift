extension PostgresMigrations {
    /// How attempts end.
    @Sendable static func settleFunctions(_ tables: PostgresTables) -> String {
        resolving(tables) + completing(tables) + otherEnds(tables)
    }

    /// What the end of a chain leads to.
    private static func resolving(_ tables: PostgresTables) -> String {
        let job = tables.job
        let id = tables.idParameter
        let blocker = tables.blocker
        return """
            -- Resolves the waits for chains that have ended. Their first jobs are locked, so that nobody begins to wait.
            CREATE FUNCTION \(tables.function("resolve")) (_at timestamptz, _chains \(id)[]) RETURNS TABLE (
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
                    UPDATE \(job) d SET is_blocked = false, ready_at = _at,
                        rank = CASE WHEN d.scheduled_at <= _at THEN \(PostgresTables.rank("d")) END
                    WHERE d.id IN (SELECT r.job_id FROM resolved r) AND \(PostgresTables.isBlocked("d"))
                        AND NOT EXISTS (SELECT FROM \(blocker) o WHERE o.job_id = d.id AND o.resolved_at IS NULL
                            AND NOT o.blocked_by_chain_id = ANY (_chains))
                    RETURNING d.id
                )
                SELECT r.blocked_by_chain_id, d.id, d.type_name::text, d.chain_id, d.job_trace_context, r.trace_context,
                    r.ordinal, r.blocked_at,
                    u.id IS NOT NULL AND row_number() OVER (
                        PARTITION BY d.id ORDER BY array_position(_chains, r.blocked_by_chain_id) DESC, r.ordinal DESC) = 1,
                    d.scheduled_at
                FROM resolved r JOIN \(job) d ON d.id = r.job_id LEFT JOIN unblocked u ON u.id = d.id
                WHERE \(PostgresTables.isUnended("d")) ORDER BY d.sequence, r.ordinal;
            END $function$;

            """
    }

    private static func completing(_ tables: PostgresTables) -> String {
        let job = tables.job
        let id = tables.idParameter
        return """
            -- Completes jobs that a worker has leased, or that have not ended without a worker, and ends their chains. One row for each job that was, in any order, and
            -- one for each wait that this resolves.
            CREATE FUNCTION \(tables.function("complete")) (
                _now timestamptz, _worker text, _ids \(id)[], _tokens bigint[], _chains \(id)[], _outputs text[], _contexts text[]
            ) RETURNS TABLE (
                number integer, at timestamptz, transaction bigint, started timestamptz, start_context text, chain \(id),
                job \(id), job_type text, job_chain \(id), job_context text, await_context text, ordinal integer,
                blocked timestamptz, unblocks boolean, scheduled timestamptz
            ) \(planning) AS $function$
            #variable_conflict use_column
            DECLARE
                _at timestamptz := coalesce(_now, clock_timestamp());
                _filed \(id)[];
            BEGIN
                -- Whoever begins to wait for one of the chains has done so before, or sees that it has ended.
                \(locking(tables))
                RETURN QUERY
                WITH \(ending(tables))
                SELECT e.number, _at, pg_current_xact_id()::text::bigint,
                    CASE WHEN e.chain_index = 0 THEN e.created_at ELSE f.created_at END,
                    CASE WHEN e.chain_index = 0 THEN e.job_trace_context ELSE f.job_trace_context END, e.chain_id,
                    NULL::\(id), NULL::text, NULL::\(id), NULL::text, NULL::text, NULL::integer, NULL::timestamptz,
                    NULL::boolean, NULL::timestamptz
                FROM ended e LEFT JOIN \(job) f ON f.id = e.chain_id AND e.chain_index > 0;
                IF EXISTS (
                    SELECT FROM \(tables.blocker) b WHERE b.blocked_by_chain_id = ANY (_chains) AND b.resolved_at IS NULL
                ) THEN
                    RETURN QUERY SELECT NULL::integer, _at, NULL::bigint, NULL::timestamptz, NULL::text, r.*
                    FROM \(tables.function("resolve"))(_at, ARRAY(
                        SELECT j.chain_id FROM unnest(_ids, _tokens, _chains) WITH ORDINALITY n (id, token, chain, number)
                        JOIN \(tables.all) j ON j.chain_id = n.chain AND j.id = n.id AND j.lease_token = n.token
                        WHERE j.completed_at IS NOT NULL AND j.successor_id IS NULL ORDER BY n.number)) r;
                END IF;
            END $function$;

            """
    }

    /// Locks the chains that end, and notes in `_filed` which of them go to the history.
    private static func locking(_ tables: PostgresTables) -> String {
        guard tables.isPartitioned else {
            return "PERFORM FROM \(tables.job) j WHERE j.id = ANY (_chains) ORDER BY j.id FOR UPDATE;"
        }
        return """
            SELECT coalesce(array_agg(c.id), '{}') INTO _filed FROM (
                    SELECT j.id FROM \(tables.job) j WHERE j.id = ANY (_chains) ORDER BY j.id FOR UPDATE) c
                WHERE \(tables.hasPartition("c.id"));
            """
    }

    /// Ends the jobs, where they are or on their way to the history: the common table expression `ended` and those before it.
    private static func ending(_ tables: PostgresTables) -> String {
        let job = tables.job
        let names = """
            unnest(_ids, _tokens, _outputs, _contexts) WITH ORDINALITY n (id, token, output, context, number)
                    WHERE j.id = n.id AND j.lease_token = n.token AND CASE WHEN _worker IS NULL
                        THEN \(PostgresTables.isUnended("j")) ELSE j.leased_by IS NOT NULL END
            """
        let columns = "j.chain_index, j.chain_id, j.created_at, j.job_trace_context"
        let update = """
            UPDATE \(job) j SET output = n.output, completed_at = _at, completed_by = _worker, rank = NULL,
                        failed_at = NULL, leased_by = NULL, leased_until = NULL, last_attempt_error = NULL,
                        attempt_trace_context = n.context
                    FROM \(names)
            """
        guard tables.isPartitioned else {
            return """
                ended AS (
                    \(update)
                    RETURNING n.number::integer, \(columns)
                )
                """
        }
        // What a job that has ended keeps of the one that ran, which is all but what the update above sets.
        let changed = [
            "output": "j.new_output", "completed_at": "_at", "completed_by": "_worker", "failed_at": "NULL",
            "leased_by": "NULL", "leased_until": "NULL", "last_attempt_error": "NULL",
            "attempt_trace_context": "j.new_context",
        ]
        let all = PostgresTables.columnNames.joined(separator: ", ")
        let values = PostgresTables.columnNames.map { changed[$0] ?? "j.\($0)" }.joined(separator: ", ")
        return """
            kept AS (
                    \(update) AND NOT j.chain_id = ANY (_filed)
                    RETURNING n.number::integer AS number, \(columns)
                ), moved AS (
                    DELETE FROM \(job) j USING \(names) AND j.chain_id = ANY (_filed)
                    RETURNING n.number::integer AS number, n.output AS new_output, n.context AS new_context, j.*
                ), before AS (
                    DELETE FROM \(job) j USING moved m
                    WHERE m.chain_index > 0 AND j.chain_id = m.chain_id AND j.chain_index < m.chain_index
                    RETURNING j.*
                ), filed AS (
                    INSERT INTO \(tables.history) (sequence, \(all))
                    SELECT j.sequence, \(values) FROM moved j
                    UNION ALL SELECT j.sequence, \(PostgresTables.columns(of: "j")) FROM before j
                ), ended AS (
                    SELECT j.number, \(columns) FROM kept j UNION ALL SELECT j.number, \(columns) FROM moved j
                )
            """
    }

    private static func otherEnds(_ tables: PostgresTables) -> String {
        let job = tables.job
        let id = tables.idParameter
        return """
            -- Ends an attempt otherwise than with the chain's output. No row if the lease is lost.
            CREATE FUNCTION \(tables.function("end")) (
                _now timestamptz, _id \(id), _token bigint, _worker text, _kind text, _outcome text, _error text, _context text,
                _delay bigint, _moment timestamptz
            ) RETURNS TABLE (at timestamptz, transaction bigint, scheduled timestamptz) \(planning) AS $function$
            DECLARE
                _at timestamptz := coalesce(_now, clock_timestamp());
                _job \(job);
                _due timestamptz;
            BEGIN
                SELECT * INTO _job FROM \(job) j WHERE j.id = _id AND \(isTaken) FOR NO KEY UPDATE;
                IF NOT FOUND THEN
                    RETURN;
                END IF;
                _due := CASE _kind WHEN 'retried'
                    THEN greatest(_at, coalesce(_moment, _at + _delay * interval '1 microsecond')) ELSE _job.scheduled_at END;
                UPDATE \(job) j SET leased_by = NULL, leased_until = NULL, attempt_trace_context = _context,
                    scheduled_at = _due,
                    rank = CASE WHEN _kind <> 'failed' AND _due <= _at THEN _due - j.priority * interval '1 minute' END,
                    ready_at = CASE WHEN _kind = 'failed' THEN j.ready_at ELSE _at END,
                    failed_at = CASE WHEN _kind = 'failed' THEN _at ELSE j.failed_at END,
                    attempt = CASE WHEN _kind = 'released' THEN j.attempt - 1 ELSE j.attempt END,
                    last_attempt_error = CASE WHEN _kind = 'released' THEN j.last_attempt_error ELSE _error END
                WHERE j.id = _id;
                INSERT INTO \(tables.attempt) (job_id, lease_token, attempt, worker, started_at, ended_at, outcome, error,
                    attempt_trace_context)
                VALUES (_id, _token, _job.attempt, _job.leased_by, _job.last_attempt_at, _at, _outcome, _error, _context);
                RETURN QUERY SELECT _at, pg_current_xact_id()::text::bigint,
                    CASE WHEN _kind <> 'failed' THEN _due END;
            END $function$;

            -- Writes the job that follows and ends the one before. No row if the lease is lost, and nothing is written if there
            -- is a problem with the job that follows.
            CREATE FUNCTION \(tables.function("continue")) (
                _now timestamptz, _id \(id), _token bigint, _worker text, _context text, _successor \(id), _type text,
                _chain \(id), _chain_type text, _place integer, _input text, _delay bigint, _moment timestamptz,
                _priority integer, _chain_context text, _job_context text, _carrier text, _segment text,
                _blocker_ordinals integer[], _blocker_chains \(id)[], _blocker_types text[], _blocker_contexts text[]
            ) RETURNS TABLE (
                at timestamptz, transaction bigint, blocked boolean, problem text, problem_id \(id), problem_type text
            ) \(planning) AS $function$
            DECLARE
                _started record;
            BEGIN
                PERFORM FROM \(job) j WHERE j.id = _id AND \(isTaken) FOR NO KEY UPDATE;
                IF NOT FOUND THEN
                    RETURN;
                END IF;
                IF cardinality(_blocker_chains) = 0 THEN
                    SELECT i.at, false AS blocked, i.duplicate AS problem_id, NULL::text AS problem_type,
                        CASE WHEN i.duplicate IS NOT NULL THEN 'duplicate' END AS problem INTO _started
                    FROM \(tables.function("insert"))(_now, ARRAY[_successor], ARRAY[_type], ARRAY[_chain], ARRAY[_chain_type],
                        ARRAY[_place], ARRAY[_input], ARRAY[_delay], ARRAY[_moment], ARRAY[_priority], ARRAY[_chain_context],
                        ARRAY[_job_context], ARRAY[_carrier], ARRAY[_segment]) i;
                ELSE
                    SELECT s.at, s.blocked, s.problem, s.problem_id, s.problem_type INTO _started
                    FROM \(tables.function("start"))(_now, ARRAY[_successor], ARRAY[_type], ARRAY[_chain], ARRAY[_chain_type],
                        ARRAY[_place], ARRAY[_input], ARRAY[_delay], ARRAY[_moment], ARRAY[_priority], ARRAY[_chain_context],
                        ARRAY[_job_context], ARRAY[_carrier], ARRAY[_segment], ARRAY[NULL::text], ARRAY[false],
                        ARRAY[NULL::bigint], '{}', '{}', array_fill(1, ARRAY[cardinality(_blocker_chains)]),
                        _blocker_ordinals, _blocker_chains, _blocker_types, _blocker_contexts) s;
                END IF;
                IF _started.problem IS NULL THEN
                    UPDATE \(job) j SET successor_id = _successor, completed_at = _started.at, completed_by = _worker, rank = NULL,
                        failed_at = NULL, leased_by = NULL, leased_until = NULL, last_attempt_error = NULL,
                        attempt_trace_context = _context
                    WHERE j.id = _id;
                END IF;
                RETURN QUERY SELECT _started.at, pg_current_xact_id()::text::bigint, _started.blocked, _started.problem,
                    _started.problem_id, _started.problem_type;
            END $function$;

            """
    }

    /// Whether a job is that of an attempt: one that is leased, or, without a worker, one that has not ended.
    private static let isTaken = """
        j.lease_token = _token AND CASE WHEN _worker IS NULL THEN \(PostgresTables.isUnended("j")) \
        ELSE j.leased_by IS NOT NULL END
        """
}
