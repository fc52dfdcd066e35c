import Foundation
package import QueuertOTel

/// The telemetry of an example: it goes to a collector, if there is one.
///
/// Set `OTEL_EXPORTER_OTLP_ENDPOINT` to the collector's address, such as `http://localhost:4318`. A service of your own needs
/// no such check: `Telemetry()` does what the variables of OpenTelemetry say.
package struct ExampleTelemetry {
    private let telemetry: Telemetry

    /// Sets the telemetry up.
    ///
    /// - Parameter name: The example, as the collector shows it.
    package init(_ name: String) {
        var environment = ProcessInfo.processInfo.environment
        for signal in ["TRACES", "METRICS", "LOGS"] where environment["OTEL_\(signal)_EXPORTER"] == nil {
            let isWanted = environment.keys.contains {
                $0 == "OTEL_EXPORTER_OTLP_ENDPOINT" || $0 == "OTEL_EXPORTER_OTLP_\(signal)_ENDPOINT"
            }
            if !isWanted { environment["OTEL_\(signal)_EXPORTER"] = "none" }
        }
        telemetry = Telemetry(
            EnvironmentConfiguration(environment: environment),
            resource: Resource(attributes: [Attribute("service.name", .string("example-\(name)"))]))
    }

    /// What the example's client tells of its work.
    package var queue: QueueInstrumentation { telemetry.queue }

    /// Sends what is left.
    package func shutdown() async { await telemetry.shutdown() }
}
