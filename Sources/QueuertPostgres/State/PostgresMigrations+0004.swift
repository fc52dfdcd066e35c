extension PostgresMigrations {
    /// What keeps transactions out that don't see the latest state, and what reads a chain that was found by its key.
    @Sendable static func safeguards(_ tables: PostgresTables) -> String {
        """
        CREATE FUNCTION \(tables.function("refuse_isolation")) () RETURNS timestamptz LANGUAGE plpgsql AS $function$
        BEGIN
            RAISE EXCEPTION 'the transaction is not READ COMMITTED' USING ERRCODE = '\(PostgresError.isolationTooHigh)';
        END $function$;

        -- The first job of a chain. A function sees what the one that found the chain has waited for. As with any function,
        -- the planner would expect a thousand, for each chain of a thousand that are started, and compile the statement.
        CREATE FUNCTION \(tables.function("first")) (_chain \(tables.idParameter)) RETURNS SETOF \(tables.job) STRICT
        ROWS 1 \(planning) AS $function$
        BEGIN
            RETURN QUERY \(tables.first(ofChain: "_chain", columns: "f.*"));
        END $function$;
        """
    }
}
