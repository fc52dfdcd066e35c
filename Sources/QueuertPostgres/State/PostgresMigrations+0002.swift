extension PostgresMigrations {
    /// The outbox of telemetry, and who sends what is in it.
    @Sendable static func telemetry(_ tables: PostgresTables) -> String {
        """
        CREATE TABLE \(tables.telemetryOutbox) (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            signal text COLLATE "C" NOT NULL,
            encoding text COLLATE "C" NOT NULL,
            item_count integer NOT NULL,
            kept_at timestamptz NOT NULL,
            message bytea NOT NULL
        ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
        -- Gone before long: not worth to be compressed.
        ALTER TABLE \(tables.telemetryOutbox) ALTER COLUMN message SET STORAGE EXTERNAL;
        CREATE INDEX \(tables.index("telemetry_signal")) ON \(tables.telemetryOutbox) (signal, id);

        CREATE TABLE \(tables.telemetryLeader) (
            id integer PRIMARY KEY CHECK (id = 1),
            name text NOT NULL,
            leads_until timestamptz NOT NULL
        );
        """
    }
}
