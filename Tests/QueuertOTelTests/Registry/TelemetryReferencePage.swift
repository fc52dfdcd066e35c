import QueuertOTel

/// The registry as a page.
struct TelemetryReferencePage {
    private let registry: TelemetryRegistry

    init(_ registry: TelemetryRegistry) { self.registry = registry }

    var markdown: String {
        ([Self.introduction] + [spans, metrics, events, attributes]).joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        # Telemetry, name by name

        All that the queue tells: [spans](#spans), [metrics](#metrics), [events](#events) and their [attributes](#attributes).
        This page is made from `TelemetryRegistry.queuert`, which tests compare with what is told; don't edit it by hand.
        How spans relate is told in [tracing](tracing.md), how to ask for metrics in [metrics](metrics.md), and what must not
        be in telemetry in [privacy](guides/telemetry-and-privacy.md).

        An attribute in **bold** is always there, any other whenever it applies. Names of the semantic conventions of
        OpenTelemetry (1.44) are marked: those *in development* may change with the conventions. Names of our own stay.
        """

    private func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private func list(_ uses: [AttributeUse]) -> String {
        uses.map { use in
            switch use.level {
            case .required: "**`\(use.name)`**"
            case .conditional: "`\(use.name)`"
            }
        }.joined(separator: ", ")
    }

    private func codes(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }

    /// The names of spans, with the kind of those whose name another has, too.
    private func names(_ spans: [SpanDefinition]) -> [String] {
        spans.map { span in
            let isShared = registry.spans.filter { $0.name == span.name }.count > 1
            let kind = "\(span.kind)".uppercased()
            return isShared ? "`\(span.name)` (\(kind))" : "`\(span.name)`"
        }
    }

    /// Whether a span tells of one job.
    private func isOfJob(_ span: SpanDefinition) -> Bool { has(span.attributes, "messaging.message.id") }

    private func has(_ uses: [AttributeUse], _ name: String) -> Bool { uses.contains { $0.name == name } }

    /// What all spans have that tell of one job.
    private var ofJob: [AttributeUse] {
        let spans = registry.spans.filter(isOfJob)
        return (spans.first?.attributes ?? []).filter { use in spans.allSatisfy { $0.attributes.contains(use) } }
    }

    private func attributes(of span: SpanDefinition) -> String {
        let shared = ofJob
        guard shared.allSatisfy(span.attributes.contains) else { return list(span.attributes) }
        return "a job's, " + list(span.attributes.filter { !shared.contains($0) })
    }

    private var spans: String {
        let others = names(registry.spans.filter { !isOfJob($0) }).joined(separator: ", ")
        let shared = "*A job's* attributes are \(list(ofJob)). The spans *of a job* have them: all spans but \(others)."
        return "## Spans\n\n\(shared)\n\n"
            + registry.spans.map { span in
                var lines = [
                    "### `\(span.name)`, \("\(span.kind)".uppercased())", "", span.meaning, "",
                    "Attributes: \(attributes(of: span)).",
                ]
                if !span.links.isEmpty { lines += ["", "Links, by `queuert.link.type`: \(codes(span.links))."] }
                if !span.events.isEmpty { lines += ["", "Events: \(codes(span.events))."] }
                return lines.joined(separator: "\n")
            }.joined(separator: "\n\n")
    }

    private var metrics: String {
        "## Metrics\n\n"
            + table(
                ["metric", "kind", "unit", "meaning", "told apart by", "given by"],
                registry.metrics.map {
                    [
                        "`\($0.name)`", $0.kind.rawValue, "`\($0.unit)`", $0.meaning, list($0.attributes),
                        $0.origin.rawValue,
                    ]
                })
            + "\n\n### Bounds of buckets\n\n"
            + table(
                ["metric", "bounds"],
                registry.metrics.compactMap { metric in
                    metric.bounds.map { bounds in
                        let texts = bounds.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
                        return ["`\(metric.name)`", texts.joined(separator: ", ")]
                    }
                })
    }

    private var events: String {
        "## Events\n\nLog records with an event name, each with the trace and the span that it belongs to, if there is one.\n\n"
            + table(
                ["event", "severity", "meaning", "attributes", "given by"],
                registry.events.map {
                    [
                        "`\($0.name)`", $0.severity?.name ?? "on spans", $0.meaning, list($0.attributes),
                        $0.origin.rawValue,
                    ]
                })
    }

    private var attributes: String {
        "## Attributes\n\n"
            + table(
                ["attribute", "type", "meaning", "values", "on", "given by"],
                registry.attributes.values.sorted { $0.name < $1.name }.map {
                    [
                        "`\($0.name)`", $0.kind.rawValue, $0.meaning, $0.values.map(codes) ?? "", places(of: $0.name),
                        $0.origin.rawValue,
                    ]
                })
    }

    /// What has an attribute; counted where it is too much to list.
    private func places(of name: String) -> String {
        func text(_ names: [String], _ many: String) -> String? {
            if names.isEmpty { return nil }
            return names.count > 3 ? "\(names.count) \(many)" : names.joined(separator: ", ")
        }
        let metrics = registry.metrics.filter { has($0.attributes, name) }.map { "`\($0.name)`" }
        let events = registry.events.filter { has($0.attributes, name) }.map { "`\($0.name)`" }
        let parts = [
            spans(with: name) ?? text(names(registry.spans.filter { has($0.attributes, name) }), "spans"),
            text(metrics, "metrics"), text(events, "events"), name == "queuert.link.type" ? "all links" : nil,
        ]
        return parts.compactMap(\.self).joined(separator: "; ")
    }

    /// Which spans have an attribute that all have, or all of a job; `nil` for another.
    private func spans(with name: String) -> String? {
        let spans = registry.spans.filter { has($0.attributes, name) }
        if spans.count == registry.spans.count { return "all spans" }
        guard has(ofJob, name) else { return nil }
        return (["all spans of a job"] + names(spans.filter { !isOfJob($0) })).joined(separator: ", ")
    }
}
