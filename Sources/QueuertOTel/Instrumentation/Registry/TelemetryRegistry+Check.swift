extension TelemetryRegistry {
    /// Finds out what of a span isn't as it is registered.
    ///
    /// Spans of other libraries are left alone.
    ///
    /// - Parameter span: The span.
    /// - Returns: A sentence for each difference.
    public func violations(in span: SpanData) -> [String] {
        guard span.scope.name == QueueInstrumentation.scope.name else { return [] }
        let operation = String(span.name.prefix { $0 != " " })
        guard let definition = spans.first(where: { $0.operation == operation && $0.kind == span.kind }) else {
            return ["The span \(span.name) of kind \(span.kind) is not registered."]
        }
        let place = "The span \(definition.name)"
        var result = violations(in: span.attributes, definition.attributes, place)
        for link in span.links {
            result += violations(
                in: link.attributes, AttributeUse.required(QueueAttributes.linkType), "A link of \(definition.name)")
            guard case .string(let type)? = link.attributes.first?.value, !definition.links.contains(type) else {
                continue
            }
            result.append("\(place) has a link of the type \(type), which is not registered.")
        }
        for event in span.events {
            guard definition.events.contains(event.name), let known = events.first(where: { $0.name == event.name })
            else {
                result.append("\(place) has the event \(event.name), which is not registered.")
                continue
            }
            result += violations(in: event.attributes, known.attributes, "The event \(event.name)")
        }
        return result
    }

    /// Finds out what of a metric isn't as it is registered.
    ///
    /// Metrics of other libraries are left alone.
    ///
    /// - Parameter metric: The metric.
    /// - Returns: A sentence for each difference.
    public func violations(in metric: MetricData) -> [String] {
        let scope = metric.descriptor.scope.name
        guard scope == QueueInstrumentation.scope.name || scope == SelfMetrics.scope.name else { return [] }
        let name = metric.descriptor.name
        guard let definition = metrics.first(where: { $0.name == name }) else {
            return ["The metric \(name) is not registered."]
        }
        var result: [String] = []
        if metric.descriptor.unit != definition.unit {
            result.append("The metric \(name) has the unit \(metric.descriptor.unit), not \(definition.unit).")
        }
        let kind: MetricDefinition.Kind
        let sets: [AttributeSet]
        switch metric.content {
        case .gauge(let points): (kind, sets) = (.gauge, points.map(\.attributes))
        case .sum(let points, _, let isMonotonic):
            (kind, sets) = (isMonotonic ? .counter : .upDownCounter, points.map(\.attributes))
        case .histogram(let points, _): (kind, sets) = (.histogram, points.map(\.attributes))
        case .exponentialHistogram(let points, _): (kind, sets) = (.histogram, points.map(\.attributes))
        }
        if kind != definition.kind { result.append("The metric \(name) is a \(kind.rawValue).") }
        // What is over an instrument's limit has nothing else.
        for set in sets where set != .overflow {
            result += violations(in: set.attributes, definition.attributes, "The metric \(name)")
        }
        return result
    }

    /// Finds out what of an event isn't as it is registered.
    ///
    /// Log records of other libraries are left alone.
    ///
    /// - Parameter record: The log record.
    /// - Returns: A sentence for each difference.
    public func violations(in record: LogRecordData) -> [String] {
        guard record.scope == QueueInstrumentation.scope else { return [] }
        guard let definition = events.first(where: { $0.name == record.eventName && $0.severity != nil }) else {
            return ["The event \(record.eventName) is not registered."]
        }
        var result = violations(in: record.attributes, definition.attributes, "The event \(record.eventName)")
        if record.severity != definition.severity {
            result.append("The event \(record.eventName) has the severity \(record.severity.name).")
        }
        return result
    }

    private func violations(in found: [Attribute], _ uses: [AttributeUse], _ place: String) -> [String] {
        var result: [String] = []
        if Set(found.map(\.key)).count < found.count { result.append("\(place) has an attribute twice.") }
        for attribute in found {
            guard let definition = attributes[attribute.key] else {
                result.append("The attribute \(attribute.key) is not registered.")
                continue
            }
            if !uses.contains(where: { $0.name == attribute.key }) {
                result.append("\(place) is not registered with the attribute \(attribute.key).")
            }
            if let text = definition.violation(by: attribute.value) {
                result.append("\(place) has the attribute \(attribute.key) with \(text).")
            }
        }
        for use in uses where use.level == .required && !found.contains(where: { $0.key == use.name }) {
            result.append("\(place) lacks the attribute \(use.name).")
        }
        return result
    }
}

extension AttributeDefinition {
    /// What is wrong with a value.
    fileprivate func violation(by value: AttributeValue) -> String? {
        switch (value, kind) {
        case (.string(let text), .string):
            if let values, !values.contains(text) { return "the value \(text), which is not registered" }
            return nil
        case (.int, .int), (.double, .double), (.bool, .boolean): return nil
        case (.array(let elements), .strings) where elements.allSatisfy(\.isText): return nil
        default: return "a value that is no \(kind.rawValue)"
        }
    }
}

extension AttributeValue {
    fileprivate var isText: Bool { if case .string = self { true } else { false } }
}
