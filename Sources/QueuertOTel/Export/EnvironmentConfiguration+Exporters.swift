internal import Logging

extension EnvironmentConfiguration {
    /// What sends spans.
    func spanExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> any SpanExporter {
        if tracesExporter == .console { return ConsoleExporter() }
        return OTLPSpanExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger)
    }
}

extension EnvironmentConfiguration.Metrics {
    /// What sends metrics.
    func metricExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> any MetricExporter {
        if destination == .console { return ConsoleExporter() }
        return OTLPMetricExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger)
    }
}

extension EnvironmentConfiguration.Logs {
    /// What sends log records.
    func logExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> any LogRecordExporter {
        if destination == .console { return ConsoleExporter() }
        return OTLPLogRecordExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger)
    }
}
