internal import Logging

/// Gives each batch to several exporters.
///
/// What becomes of it is what the first says: the others print it, and that it could not be printed loses nothing.
private struct SeveralExporters<Exporter: Sendable>: DescribedExporter, Sendable {
    let first: Exporter
    let printers: [Exporter]

    var component: ExporterComponent { ExporterComponent(of: first) }

    /// All of some exporters; `nil` of none.
    init?(_ exporters: [Exporter]) {
        guard let first = exporters.first else { return nil }
        self.first = first
        printers = Array(exporters.dropFirst())
    }
}

extension SeveralExporters: SpanExporter where Exporter == any SpanExporter {
    func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
        for printer in printers { _ = printer.export(batch, timeout: timeout) }
        return first.export(batch, timeout: timeout)
    }

    func interrupt() { first.interrupt() }
}

extension SeveralExporters: MetricExporter where Exporter == any MetricExporter {
    func export(_ batch: [MetricData], timeout: Duration) -> ExportResult {
        for printer in printers { _ = printer.export(batch, timeout: timeout) }
        return first.export(batch, timeout: timeout)
    }

    func interrupt() { first.interrupt() }
}

extension SeveralExporters: LogRecordExporter where Exporter == any LogRecordExporter {
    func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
        for printer in printers { _ = printer.export(batch, timeout: timeout) }
        return first.export(batch, timeout: timeout)
    }

    func interrupt() { first.interrupt() }
}

extension EnvironmentConfiguration.Destination {
    /// What prints a signal, if it is printed.
    fileprivate func printers(_ resource: Resource) -> [any SpanExporter & MetricExporter & LogRecordExporter] {
        var printers: [any SpanExporter & MetricExporter & LogRecordExporter] = []
        if contains(.console) { printers.append(ConsoleExporter()) }
        if contains(.otlpStandardOutput) { printers.append(OTLPConsoleExporter(resource: resource)) }
        return printers
    }
}

extension EnvironmentConfiguration {
    /// What sends and prints spans; `nil` if nothing does.
    func spanExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> (any SpanExporter)? {
        var exporters: [any SpanExporter] = []
        if tracesExporter.contains(.otlp) {
            exporters.append(
                OTLPSpanExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger))
        }
        exporters += tracesExporter.printers(resource).map { $0 as any SpanExporter }
        guard let several = SeveralExporters(exporters) else { return nil }
        if several.printers.isEmpty { return several.first }
        return several
    }

    /// What prints spans; `nil` if nothing does.
    func spanPrinter(_ resource: Resource) -> (any SpanExporter)? {
        guard let several = SeveralExporters(tracesExporter.printers(resource).map { $0 as any SpanExporter })
        else { return nil }
        if several.printers.isEmpty { return several.first }
        return several
    }
}

extension EnvironmentConfiguration.Metrics {
    /// What sends and prints metrics; `nil` if nothing does.
    func metricExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> (any MetricExporter)? {
        var exporters: [any MetricExporter] = []
        if destination.contains(.otlp) {
            exporters.append(
                OTLPMetricExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger))
        }
        exporters += destination.printers(resource).map { $0 as any MetricExporter }
        guard let several = SeveralExporters(exporters) else { return nil }
        if several.printers.isEmpty { return several.first }
        return several
    }
}

extension EnvironmentConfiguration.Logs {
    /// What sends and prints log records; `nil` if nothing does.
    func logExporter(_ resource: Resource, _ outbox: (any OTLPOutbox)?, _ logger: Logger) -> (any LogRecordExporter)? {
        var exporters: [any LogRecordExporter] = []
        if destination.contains(.otlp) {
            exporters.append(
                OTLPLogRecordExporter(configuration: exporter, resource: resource, outbox: outbox, logger: logger))
        }
        exporters += destination.printers(resource).map { $0 as any LogRecordExporter }
        guard let several = SeveralExporters(exporters) else { return nil }
        if several.printers.isEmpty { return several.first }
        return several
    }
}
