extension PostgresMigrations {
    /// Where chains go when they have ended, if that is a table of its own, and how its partitions come and go.
    @Sendable static func history(_ tables: PostgresTables) -> String {
        guard tables.isPartitioned else { return "" }
        return historyTables(tables) + makingPartitions(tables) + retiring(tables) + inserting(tables) + moving(tables)
    }

    private static func historyTables(_ tables: PostgresTables) -> String {
        """
        -- All jobs of chains that have ended. A chain is in one partition, whatever became of it when.
        CREATE TABLE \(tables.history) (LIKE \(tables.job) INCLUDING DEFAULTS, PRIMARY KEY (chain_id, chain_index))
            PARTITION BY RANGE (chain_id);
        CREATE INDEX \(tables.index("job_history_id")) ON \(tables.history) (id);
        CREATE INDEX \(tables.index("job_history_created")) ON \(tables.history) (type_name, created_at, sequence);
        CREATE INDEX \(tables.index("job_history_end")) ON \(tables.history) (type_name) WHERE cancelled_at IS NOT NULL;

        CREATE VIEW \(tables.all) AS SELECT * FROM \(tables.job) UNION ALL SELECT * FROM \(tables.history);

        -- Chains whose identifiers are in a partition's range go there until it closes, one width after its range ended: so
        -- nothing in it ended later than that.
        CREATE TABLE \(tables.partition) (
            lower uuid PRIMARY KEY,
            upper uuid NOT NULL,
            name text NOT NULL,
            ends_at timestamptz NOT NULL,
            closes_at timestamptz NOT NULL,
            -- When it was decided to drop it, and until when somebody is about to.
            retired_at timestamptz,
            dropping_until timestamptz
        );

        """
    }

    private static func makingPartitions(_ tables: PostgresTables) -> String {
        """
        -- Makes the partitions that are missing, up to two widths ahead. A table that is made first and attached then locks
        -- nobody out.
        CREATE FUNCTION \(tables.function("make_partitions")) (_now timestamptz, _days integer) RETURNS integer
        LANGUAGE plpgsql SET lock_timeout = '5s' AS $function$
        DECLARE
            _at timestamptz := coalesce(_now, clock_timestamp());
            _width bigint := _days * 86400000::bigint;
            _now_ms bigint := floor(extract(epoch FROM _at) * 1000);
            _from bigint;
            _name text;
            _lower uuid;
            _upper uuid;
            _ends timestamptz;
            _count integer := 0;
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended('queuert \(tables.schema).\(tables.prefix) partitions', 4711));
            _from := greatest(_now_ms - _now_ms % _width,
                (SELECT (extract(epoch FROM max(p.ends_at)) * 1000)::bigint FROM \(tables.partition) p));
            WHILE _from <= _now_ms + 2 * _width LOOP
                _lower := (lpad(to_hex(_from), 12, '0') || repeat('0', 20))::uuid;
                _upper := (lpad(to_hex(_from + _width), 12, '0') || repeat('0', 20))::uuid;
                _ends := to_timestamp((_from + _width) / 1000.0);
                _name := '"\(tables.schema)"."\(tables.prefix)job_history_'
                    || to_char(to_timestamp(_from / 1000.0) AT TIME ZONE 'UTC', 'YYYYMMDD') || '"';
                EXECUTE format('CREATE TABLE %s (LIKE \(tables.history) INCLUDING DEFAULTS INCLUDING INDEXES)', _name);
                EXECUTE format('ALTER TABLE \(tables.history) ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
                    _name, _lower, _upper);
                INSERT INTO \(tables.partition) (lower, upper, name, ends_at, closes_at)
                VALUES (_lower, _upper, _name, _ends, _ends + _days * interval '1 day');
                _from := _from + _width;
                _count := _count + 1;
            END LOOP;
            RETURN _count;
        END $function$;

        """
    }

    private static func retiring(_ tables: PostgresTables) -> String {
        """
        -- Decides that a partition is to be dropped of which nothing ended later than so long ago, and how many chains that
        -- deletes; NULL if there is none. What a job needs that has not ended goes back to the table of all jobs.
        CREATE FUNCTION \(tables.function("retire")) (_now timestamptz, _age bigint) RETURNS bigint
        LANGUAGE plpgsql SET lock_timeout = '2s' AS $function$
        DECLARE
            _at timestamptz := coalesce(_now, clock_timestamp());
            _partition \(tables.partition);
            _chains bigint;
        BEGIN
            -- Whoever begins to wait for a chain in it has the row locked: then it is left for the next time. The hour is for
            -- a statement that began before the partition closed, and goes on.
            SELECT * INTO _partition FROM \(tables.partition) p
            WHERE p.retired_at IS NULL AND p.closes_at <= _at - greatest(_age * interval '1 microsecond', interval '1 hour')
            ORDER BY p.lower LIMIT 1 FOR UPDATE SKIP LOCKED;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            WITH kept AS (
                DELETE FROM \(tables.history) h WHERE h.chain_id >= _partition.lower AND h.chain_id < _partition.upper
                    AND h.chain_id IN (
                        SELECT b.blocked_by_chain_id FROM \(tables.blocker) b JOIN \(tables.job) j ON j.id = b.job_id
                        WHERE b.blocked_by_chain_id >= _partition.lower AND b.blocked_by_chain_id < _partition.upper
                            AND \(PostgresTables.isUnended("j")))
                RETURNING h.*
            ) INSERT INTO \(tables.job) OVERRIDING SYSTEM VALUE SELECT * FROM kept;
            DELETE FROM \(tables.deduplication) d WHERE d.chain_id >= _partition.lower AND d.chain_id < _partition.upper
                AND NOT EXISTS (SELECT FROM \(tables.job) j WHERE j.id = d.chain_id);
            DELETE FROM \(tables.blocker) b
            WHERE b.blocked_by_chain_id >= _partition.lower AND b.blocked_by_chain_id < _partition.upper
                AND NOT EXISTS (SELECT FROM \(tables.job) j WHERE j.id = b.blocked_by_chain_id);
            DELETE FROM \(tables.blocker) b USING \(tables.history) h
            WHERE h.chain_id >= _partition.lower AND h.chain_id < _partition.upper AND b.job_id = h.id;
            DELETE FROM \(tables.attempt) a USING \(tables.history) h
            WHERE h.chain_id >= _partition.lower AND h.chain_id < _partition.upper AND a.job_id = h.id;
            SELECT count(*) INTO _chains FROM \(tables.history) h
            WHERE h.chain_id >= _partition.lower AND h.chain_id < _partition.upper AND h.chain_index = 0;
            UPDATE \(tables.partition) SET retired_at = _at WHERE lower = _partition.lower;
            RETURN _chains;
        EXCEPTION WHEN lock_not_available THEN
            RETURN NULL;
        END $function$;

        """
    }

    private static func inserting(_ tables: PostgresTables) -> String {
        let id = tables.idParameter
        return """
            -- Writes a job that waits for nothing and has no key. No row if the identifier is taken. It looks into the history
            -- when the row is written: whoever ended a chain of that identifier meanwhile was waited for.
            CREATE FUNCTION \(tables.function("insert_one")) (
                _now timestamptz, _id \(id), _type text, _chain \(id), _chain_type text, _place integer, _input text,
                _delay bigint, _moment timestamptz, _priority integer, _chain_context text, _job_context text, _carrier text,
                _segment text
            ) RETURNS TABLE (at timestamptz, transaction bigint) \(planning) AS $function$
            DECLARE
                _at timestamptz := coalesce(_now, clock_timestamp());
                _due timestamptz := greatest(_at, coalesce(_moment, _at + _delay * interval '1 microsecond'));
            BEGIN
                INSERT INTO \(tables.job) (id, type_name, chain_id, chain_type_name, chain_index, input, created_at,
                    scheduled_at, priority, rank, ready_at, chain_trace_context, job_trace_context, trace_carrier,
                    trace_segment)
                VALUES (_id, _type, _chain, _chain_type, _place, _input, _at, _due, _priority,
                    CASE WHEN _due <= _at THEN _due - _priority * interval '1 minute' END, _at, _chain_context, _job_context,
                    _carrier, _segment)
                ON CONFLICT (id) DO NOTHING;
                IF NOT FOUND THEN
                    RETURN;
                END IF;
                IF EXISTS (SELECT FROM \(tables.history) h WHERE h.chain_id = _id AND h.chain_index = 0) THEN
                    DELETE FROM \(tables.job) j WHERE j.id = _id;
                    RETURN;
                END IF;
                RETURN QUERY SELECT _at, pg_current_xact_id()::text::bigint;
            END $function$;

            """
    }

    private static func moving(_ tables: PostgresTables) -> String {
        let id = tables.idParameter
        return """
            -- Locks the first jobs of chains, wherever they are. One that moves meanwhile is found where it went, since the
            -- second statement sees what was committed after the first.
            CREATE FUNCTION \(tables.function("lock")) (_chains \(id)[]) RETURNS SETOF \(id) \(planning) AS $function$
            BEGIN
                RETURN QUERY SELECT j.id FROM \(tables.job) j WHERE j.id = ANY (_chains) AND j.chain_index = 0
                    ORDER BY j.id FOR UPDATE;
                RETURN QUERY SELECT h.id FROM (SELECT DISTINCT c.id FROM unnest(_chains) c (id) ORDER BY c.id) c
                    CROSS JOIN LATERAL (
                        \(tables.first(ofChain: "c.id", columns: "f.id", in: tables.history, " FOR UPDATE"))) h;
            END $function$;

            -- The first of some identifiers that a chain in the history has.
            CREATE FUNCTION \(tables.function("filed")) (_ids \(id)[], OUT duplicate \(id)) \(planning) AS $function$
            BEGIN
                \(findInHistory(tables))
            END $function$;

            -- Moves chains that have ended out of the table of all jobs.
            CREATE FUNCTION \(tables.function("file")) (_at timestamptz, _chains \(id)[]) RETURNS void \(planning) AS $function$
            BEGIN
                WITH ended AS (
                    DELETE FROM \(tables.job) j WHERE j.chain_id = ANY (_chains) AND \(tables.hasPartition("j.chain_id"))
                    RETURNING j.*
                ) INSERT INTO \(tables.history) SELECT * FROM ended;
            END $function$;

            """
    }

    /// Looks up the first of some identifiers that a chain in the history has; into `duplicate`, in the order of `_ids`.
    static func findInHistory(_ tables: PostgresTables) -> String {
        // One identifier names its partition before anything is opened.
        """
        IF cardinality(_ids) = 1 THEN
            SELECT h.id INTO duplicate FROM \(tables.history) h WHERE h.chain_id = _ids[1] AND h.chain_index = 0;
        ELSE
            SELECT h.id INTO duplicate FROM unnest(_ids) WITH ORDINALITY n (id, number)
            CROSS JOIN LATERAL (\(tables.first(ofChain: "n.id", columns: "f.id", in: tables.history))) h
            ORDER BY n.number LIMIT 1;
        END IF;
        """
    }
}
