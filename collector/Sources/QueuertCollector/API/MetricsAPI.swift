internal import Foundation
internal import Hummingbird

/// The API for metrics.
struct MetricsAPI: Sendable {
    let store: SpanStore

    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        router.get("api/metrics") { _, _ in
            await Response.answering {
                let metrics = try await store.metrics()
                var writer = JSONWriter()
                writer.beginObject()
                writer.key("metrics")
                writer.beginArray()
                for metric in metrics {
                    writer.beginObject()
                    Self.write(metric, to: &writer)
                    writer.key("seriesCount")
                    writer.number(metric.seriesCount)
                    writer.endObject()
                }
                writer.endArray()
                writer.endObject()
                return .json(writer.bytes)
            }
        }
        router.get("api/metrics/:name") { request, context in
            await Response.answering {
                let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
                let parameters = APIParameters(request)
                let metrics = try await store.metrics(
                    named: name, service: parameters.text("service"), from: try parameters.number("from") ?? 0,
                    to: try parameters.number("to") ?? .max)
                return metrics.isEmpty ? nil : .json(try Self.document(metrics, name: name))
            }
        }
    }

    private static func document(_ metrics: [StoredMetric], name: String) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.key("metrics")
        writer.beginArray()
        for metric in metrics {
            writer.beginObject()
            write(metric, to: &writer)
            writer.key("truncated")
            writer.bool(metric.isTruncated)
            writer.key("series")
            writer.beginArray()
            for series in metric.series { try write(series, of: metric, to: &writer) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ metric: StoredMetric, to writer: inout JSONWriter) {
        writer.key("name")
        writer.string(metric.name)
        writer.key("service")
        writer.string(metric.service)
        writer.key("kind")
        writer.string(metric.kind.rawValue)
        writer.key("unit")
        writer.string(metric.unit)
        writer.key("description")
        writer.string(metric.description)
        writer.key("temporality")
        writer.string(["unspecified", "delta", "cumulative"][min(2, max(0, metric.temporality))])
        writer.key("isMonotonic")
        writer.bool(metric.isMonotonic)
    }

    private static func write(
        _ series: StoredMetric.Series, of metric: StoredMetric, to writer: inout JSONWriter
    ) throws {
        let message = OTLPSchema.shared.points[metric.kind.field, default: 0]
        writer.beginObject()
        // All points of a series have the same attributes.
        if let point = series.points.last {
            try OTLPJSON.writeMembers(of: point, message, to: &writer) { $0 == "attributes" }
        }
        writer.key("resource")
        writer.raw(series.origin.resource)
        writer.key("scope")
        writer.raw(series.origin.scope)
        writer.key("points")
        writer.beginArray()
        for point in series.points {
            writer.beginObject()
            try OTLPJSON.writeMembers(of: point, message, to: &writer) { $0 != "attributes" }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
