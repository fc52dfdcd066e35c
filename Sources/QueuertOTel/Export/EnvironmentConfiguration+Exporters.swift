internal import Logging

/// Prints what another exporter sends.
///
/// What becomes of a batch is what the other says: that it could not be printed loses nothing.
private struct PrintingExporter<Main: Sendable>: Sendable {
    let main: Main
    let console = ConsoleExporter()
}

extension PrintingExporter: SpanExporter where Main: SpanExporter {
    func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
        _ = console.export(batch, timeout: timeout)
        return main.export(batch, timeout: timeout)
    }

    func interrupt() { main.interrupt() }
}

extension PrintingExporter: MetricExporter where Main: MetricExporter {
    func export(_ batch: [MetricData], timeout: Duration) -> ExportResult {
        _ = console.export(batch, timeout: timeout)
        return main.export(batch, timeout: timeout)
    }

    func interrupt() { main.interrupt() }
}

extension PrintingExporter: LogRecordExporter where Main: LogRecordExporter {
    func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
        _ = console.export(batch, timeout: timeout)
        return main.export(batch, timeout: timeout)
    }

    func interrupt() { main.interrupt() }
}

extension EnvironmentConfiguration {
    /// What sends spans.
    func spanExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> any SpanExporter {
        if tracesExporter == .console { return ConsoleExporter() }
        let main = OTLPSpanExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger)
        return tracesExporter.contains(.console) ? PrintingExporter(main: main) : main
    }
}

extension EnvironmentConfiguration.Metrics {
    /// What sends metrics.
    func metricExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> any MetricExporter {
        if destination == .console { return ConsoleExporter() }
        let main = OTLPMetricExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger)
        return destination.contains(.console) ? PrintingExporter(main: main) : main
    }
}

extension EnvironmentConfiguration.Logs {
    /// What sends log records.
    func logExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> any LogRecordExporter {
        if destination == .console { return ConsoleExporter() }
        let main = OTLPLogRecordExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger)
        return destination.contains(.console) ? PrintingExporter(main: main) : main
    }
}
