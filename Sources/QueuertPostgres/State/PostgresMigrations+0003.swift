extension PostgresMigrations {
    /// What stops a commit that was sent along with the end of an attempt whose lease is lost.
    @Sendable static func refusal(_ tables: PostgresTables) -> String {
        """
        CREATE FUNCTION \(tables.function("refuse")) () RETURNS boolean LANGUAGE plpgsql AS $function$
        BEGIN
            RAISE EXCEPTION 'the lease is lost' USING ERRCODE = '\(SettleStatements.leaseLost)';
        END $function$;
        """
    }
}
