extension PostgresMigrations {
    /// The parameters of jobs that are written, each an array, and what they are in a row.
    private static func jobParameters(_ tables: PostgresTables) -> String {
        """
        _ids \(tables.idParameter)[], _types text[], _chains \(tables.idParameter)[], _chain_types text[], _places integer[],
            _inputs text[], _delays bigint[], _moments timestamptz[], _priorities integer[], _chain_contexts text[],
            _job_contexts text[], _carriers text[], _segments text[]
        """
    }

    /// How chains are started.
    @Sendable static func startFunctions(_ tables: PostgresTables) -> String {
        let job = tables.job
        let id = tables.idParameter
        return """
            -- Writes jobs that wait for nothing and have no keys: all of them, or none if one of the identifiers is taken.
            CREATE FUNCTION \(tables.function("insert")) (
                _now timestamptz, \(jobParameters(tables)), OUT at timestamptz, OUT transaction bigint, OUT duplicate \(id)
            ) \(planning) AS $function$
            #variable_conflict use_column
            DECLARE
                _at timestamptz := coalesce(_now, clock_timestamp());
            BEGIN
                at := _at;
                SELECT j.id INTO duplicate FROM unnest(_ids) WITH ORDINALITY n (id, number) JOIN \(job) j ON j.id = n.id
                ORDER BY n.number LIMIT 1;
                IF duplicate IS NOT NULL THEN
                    RETURN;
                END IF;
                INSERT INTO \(job) (id, type_name, chain_id, chain_type_name, chain_index, input, created_at, scheduled_at,
                    priority, rank, ready_at, chain_trace_context, job_trace_context, trace_carrier, trace_segment)
                SELECT n.id, n.type, n.chain, n.chain_type, n.place, n.input, _at, due.moment, n.priority,
                    CASE WHEN due.moment <= _at THEN due.moment - n.priority * interval '1 minute' END, _at, n.chain_context,
                    n.job_context, n.carrier, n.segment
                FROM unnest(_ids, _types, _chains, _chain_types, _places, _inputs, _delays, _moments, _priorities,
                    _chain_contexts, _job_contexts, _carriers, _segments) WITH ORDINALITY
                    n (id, type, chain, chain_type, place, input, delay, moment, priority, chain_context, job_context, carrier,
                        segment, number)
                CROSS JOIN LATERAL (
                    SELECT greatest(_at, coalesce(n.moment, _at + n.delay * interval '1 microsecond'))) due (moment)
                ORDER BY n.number;
                transaction := pg_current_xact_id()::text::bigint;\(refusingFiled(tables))
            END $function$;

            -- Writes jobs one after the other, with what they wait for, unless a chain that has their key does as well. All of
            -- them, or none if there is a problem, of which the last row tells.
            CREATE FUNCTION \(tables.function("start")) (
                _now timestamptz, \(jobParameters(tables)), _keys text[], _any boolean[], _windows bigint[],
                _excluded_jobs integer[], _excluded \(id)[], _blocker_jobs integer[], _blocker_ordinals integer[], _blocker_chains \(id)[],
                _blocker_types text[], _blocker_contexts text[]
            ) RETURNS TABLE (
                number integer, at timestamptz, transaction bigint, existing \(id), blocked boolean, problem text,
                problem_id \(id), problem_type text
            ) \(planning) AS $function$
            #variable_conflict use_column
            DECLARE
                _at timestamptz := coalesce(_now, clock_timestamp());
                _due timestamptz;
                _holder \(id);
                _first record;
                _last record;
                _blocker record;
                _open boolean[] := '{}';
                _existing \(id)[] := '{}';
                _problem text;
                _problem_id \(id);
                _problem_type text;
                _is_blocked boolean;
                _missing \(id)[] := '{}';
            BEGIN
                BEGIN
                    -- A chain that ends at the same moment has ended before, or waits until this is committed.
                    PERFORM FROM \(job) j WHERE j.id = ANY (_blocker_chains) ORDER BY j.id FOR KEY SHARE;\(lockingFiled(tables))
                    FOR _number IN 1 .. cardinality(_ids) LOOP
                        IF _keys[_number] IS NOT NULL THEN
                            -- Whoever starts a chain with this key waits here until the one before is committed.
                            LOOP
                                INSERT INTO \(tables.deduplication) (chain_type_name, key, chain_id)
                                VALUES (_chain_types[_number], _keys[_number], _ids[_number]) ON CONFLICT DO NOTHING;
                                _holder := NULL;
                                EXIT WHEN FOUND;
                                SELECT d.chain_id INTO _holder FROM \(tables.deduplication) d
                                WHERE d.chain_type_name = _chain_types[_number] AND d.key = _keys[_number] FOR UPDATE;
                                EXIT WHEN FOUND;
                            END LOOP;
                            IF _holder IS NOT NULL THEN
                                SELECT j.created_at INTO _first FROM \(tables.all) j
                                WHERE j.chain_id = _holder AND j.chain_index = 0;
                                SELECT l.completed_at, l.cancelled_at, l.failed_at INTO _last FROM \(tables.all) l
                                WHERE l.chain_id = _holder ORDER BY l.chain_index DESC LIMIT 1;
                                IF FOUND AND NOT EXISTS (SELECT FROM unnest(_excluded_jobs, _excluded) x (number, chain)
                                        WHERE x.number = _number AND x.chain = _holder)
                                    AND (_windows[_number] IS NULL
                                        OR _at - _first.created_at <= _windows[_number] * interval '1 microsecond')
                                    AND (_any[_number] OR num_nonnulls(_last.completed_at, _last.cancelled_at, _last.failed_at) = 0)
                                THEN
                                    _existing[_number] := _holder;
                                    CONTINUE;
                                END IF;
                                UPDATE \(tables.deduplication) SET chain_id = _ids[_number]
                                WHERE chain_type_name = _chain_types[_number] AND key = _keys[_number];
                            END IF;
                        END IF;
                        _is_blocked := false;
                        FOR _blocker IN
                            SELECT b.chain, b.type, l.* FROM unnest(_blocker_jobs, _blocker_ordinals, _blocker_chains, _blocker_types)
                                b (number, ordinal, chain, type)
                            LEFT JOIN LATERAL (
                                \(tables.last(ofChain: "b.chain", columns: "l.id, l.chain_type_name, l.completed_at, l.cancelled_at"))
                            ) l ON true
                            WHERE b.number = _number ORDER BY b.ordinal
                        LOOP
                            _problem := CASE WHEN _blocker.id IS NULL OR _blocker.chain = ANY (_missing) THEN 'missing'
                                WHEN _blocker.type <> _blocker.chain_type_name THEN 'type'
                                WHEN _blocker.cancelled_at IS NOT NULL THEN 'cancelled' END;
                            IF _problem IS NOT NULL THEN
                                _problem_id := _blocker.chain;
                                _problem_type := _blocker.chain_type_name;
                                RAISE SQLSTATE 'QU001';
                            END IF;
                            _is_blocked := _is_blocked OR _blocker.completed_at IS NULL;
                        END LOOP;
                        _open[_number] := _is_blocked;
                        IF EXISTS (SELECT FROM \(job) j WHERE j.id = _ids[_number]) THEN
                            _problem := 'duplicate';
                            _problem_id := _ids[_number];
                            RAISE SQLSTATE 'QU001';
                        END IF;
                        _due := greatest(_at, coalesce(_moments[_number], _at + _delays[_number] * interval '1 microsecond'));
                        INSERT INTO \(job) (id, type_name, chain_id, chain_type_name, chain_index, input, created_at,
                            scheduled_at, priority, rank, ready_at, is_blocked, chain_trace_context, job_trace_context,
                            trace_carrier, trace_segment)
                        VALUES (_ids[_number], _types[_number], _chains[_number], _chain_types[_number], _places[_number],
                            _inputs[_number], _at, _due, _priorities[_number],
                            CASE WHEN _due <= _at AND NOT _is_blocked THEN _due - _priorities[_number] * interval '1 minute' END,
                            CASE WHEN NOT _is_blocked THEN _at END, _is_blocked, _chain_contexts[_number],
                            _job_contexts[_number], _carriers[_number], _segments[_number]);\(refusingFiledOne(tables))
                        INSERT INTO \(tables.blocker) (job_id, ordinal, blocked_by_chain_id, blocked_at, resolved_at, trace_context)
                        SELECT _ids[_number], b.ordinal, b.chain, _at, CASE WHEN l.completed_at IS NOT NULL THEN _at END, b.context
                        FROM unnest(_blocker_jobs, _blocker_ordinals, _blocker_chains, _blocker_contexts)
                            b (number, ordinal, chain, context)
                        CROSS JOIN LATERAL (\(tables.last(ofChain: "b.chain", columns: "l.completed_at"))) l
                        WHERE b.number = _number;
                    END LOOP;
                EXCEPTION WHEN SQLSTATE 'QU001' THEN
                    RETURN QUERY SELECT 0, _at, NULL::bigint, NULL::\(id), NULL::boolean, _problem, _problem_id,
                        _problem_type;
                    RETURN;
                END;
                RETURN QUERY SELECT n::integer, _at, pg_current_xact_id()::text::bigint, _existing[n], coalesce(_open[n], false),
                    NULL::text, NULL::\(id), NULL::text
                FROM generate_series(1, cardinality(_ids)) n;
            END $function$;

            """
    }

    /// Refuses identifiers that chains in the history have.
    ///
    /// It looks when the rows are written: whoever ended a chain of that identifier meanwhile was waited for.
    private static func refusingFiled(_ tables: PostgresTables) -> String {
        guard tables.isPartitioned else { return "" }
        return """

                \(findInHistory(tables))
                IF duplicate IS NOT NULL THEN
                    DELETE FROM \(tables.job) j WHERE j.id = ANY (_ids);
                END IF;
            """
    }

    private static func refusingFiledOne(_ tables: PostgresTables) -> String {
        guard tables.isPartitioned else { return "" }
        return """

                        IF EXISTS (SELECT FROM \(tables.history) h WHERE h.chain_id = _ids[_number] AND h.chain_index = 0) THEN
                            _problem := 'duplicate';
                            _problem_id := _ids[_number];
                            RAISE SQLSTATE 'QU001';
                        END IF;
            """
    }

    /// Locks chains in the history that a job is to wait for against deletion, and their partitions against being dropped.
    private static func lockingFiled(_ tables: PostgresTables) -> String {
        guard tables.isPartitioned else { return "" }
        return """

                    _missing := ARRAY(SELECT DISTINCT c.id FROM unnest(_blocker_chains) c (id)
                        WHERE NOT c.id = ANY (_ids) AND NOT EXISTS (SELECT FROM \(tables.job) j WHERE j.id = c.id));
                    IF cardinality(_missing) > 0 THEN
                        PERFORM h.id FROM (SELECT c.id FROM unnest(_missing) c (id) ORDER BY c.id) c CROSS JOIN LATERAL (
                            \(tables.first(ofChain: "c.id", columns: "f.id", in: tables.history, " FOR KEY SHARE"))) h;
                        PERFORM FROM \(tables.partition) p WHERE p.retired_at IS NULL
                            AND EXISTS (SELECT FROM unnest(_missing) c (id) WHERE c.id >= p.lower AND c.id < p.upper)
                        ORDER BY p.lower FOR SHARE;
                        _missing := ARRAY(SELECT c.id FROM unnest(_missing) c (id) WHERE NOT EXISTS (
                            SELECT FROM \(tables.partition) p
                            WHERE p.retired_at IS NULL AND c.id >= p.lower AND c.id < p.upper)
                            AND NOT EXISTS (SELECT FROM \(tables.job) j WHERE j.id = c.id FOR KEY SHARE));
                    END IF;
            """
    }
}
