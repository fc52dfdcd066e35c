import Foundation

@testable import QueuertOTel

/// The registry as JSON, which the collector's page checks what it receives with.
struct TelemetryRegistryFile: Encodable {
    private struct Attribute: Encodable {
        let kind: String
        let values: [String]?
    }
    private struct Entry: Encodable {
        let name: String
        let kind: String?
        let unit: String?
        let severity: String?
        let attributes: [String: String]
        let links: [String]?
        let events: [String]?
    }
    private let attributes: [String: Attribute]
    private let spans: [Entry]
    private let metrics: [Entry]
    private let events: [Entry]

    init(_ registry: TelemetryRegistry) {
        attributes = registry.attributes.mapValues { .init(kind: $0.kind.rawValue, values: $0.values) }
        spans = registry.spans.map {
            Entry(
                name: $0.operation, kind: "\($0.kind)", unit: nil, severity: nil,
                attributes: Self.levels($0.attributes), links: $0.links, events: $0.events)
        }
        metrics = registry.metrics.map {
            Entry(
                name: $0.name, kind: $0.kind.rawValue, unit: $0.unit, severity: nil,
                attributes: Self.levels($0.attributes), links: nil, events: nil)
        }
        events = registry.events.map {
            Entry(
                name: $0.name, kind: nil, unit: nil, severity: $0.severity?.name,
                attributes: Self.levels($0.attributes), links: nil,
                events: nil)
        }
    }

    private static func levels(_ uses: [AttributeUse]) -> [String: String] {
        Dictionary(uses.map { ($0.name, $0.level.rawValue) }) { first, _ in first }
    }

    /// The file's text.
    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            // A line for each entry, so that a change is seen as one.
            return String(decoding: try encoder.encode(self), as: UTF8.self)
                .replacing(#"},""#, with: "},\n\"").replacing("},{", with: "},\n{") + "\n"
        }
    }
}
