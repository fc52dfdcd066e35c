public import FoundationEssentials
public import Logging
public import Queuert
internal import QueuertOTel

extension TelemetryOutbox {
    /// Opens the outbox that the environment variables ask for, if they ask for one.
    ///
    /// ```swift
    /// let telemetry = Telemetry(outbox: try TelemetryOutbox.asConfigured(in: adapter))
    /// ```
    ///
    /// `QUEUERT_OTEL_OUTBOX` is `database` for the queue's own database, or else the path of a file, or `none`, which is also
    /// what holds without it. `QUEUERT_OTEL_OUTBOX_MAX_SIZE` says how many bytes of messages are kept at most,
    /// `QUEUERT_OTEL_OUTBOX_MAX_AGE` how old a request may become, in milliseconds. What can't be used is ignored and logged.
    ///
    /// - Parameters:
    ///   - adapter: The queue's database.
    ///   - environment: The variables by name; those of this process by default.
    ///   - logger: Told of losses and of what can't be used, once per episode, from `OTEL_LOG_LEVEL` on if that is set.
    /// - Returns: The outbox; `nil` if there is to be none.
    /// - Throws: `SQLiteError` if there can't be a file at the path.
    public static func asConfigured<Adapter: StateAdapter>(
        in adapter: Adapter, environment: [String: String] = ProcessInfo.processInfo.environment,
        logger: Logger = Logger(label: "queuert.otel")
    ) throws -> TelemetryOutbox? where Adapter.Operations: TelemetryOutboxOperations {
        guard let settings = Settings(environment) else { return nil }
        var logger = logger
        if let level = settings.logLevel { logger.logLevel = level }
        for warning in settings.warnings { logger.warning("\(warning)") }
        if settings.place == "database" {
            return TelemetryOutbox(in: adapter, configuration: settings.configuration, logger: logger)
        }
        return try TelemetryOutbox(path: settings.place, configuration: settings.configuration, logger: logger)
    }

    private struct Settings {
        let place: String
        var configuration = Configuration()
        let warnings: [ConfigurationWarning]
        let logLevel: Logger.Level?

        init?(_ environment: [String: String]) {
            var reader = EnvironmentReader(environment)
            guard let (_, place) = reader.text("QUEUERT_OTEL_OUTBOX"), place.lowercased() != "none" else { return nil }
            self.place = place.lowercased() == "database" ? "database" : place
            if let bytes = reader.number("QUEUERT_OTEL_OUTBOX_MAX_SIZE", in: 1...Int.max) {
                configuration.maximumBytes = bytes
            }
            if let age = reader.number("QUEUERT_OTEL_OUTBOX_MAX_AGE", in: 1...Int.max) {
                configuration.maximumAge = .milliseconds(age)
            }
            warnings = reader.warnings
            // That a level can't be used is for telemetry to tell, which reads it, too.
            logLevel = reader.logLevel("OTEL_LOG_LEVEL")
        }
    }
}
