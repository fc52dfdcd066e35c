internal import Tracing

/// A span's context as a tracer's propagator writes it, on the way into a job's columns and out of them.
///
/// Names are kept in small letters, as headers have no other.
struct TraceHeaders: Hashable {
    private var values: [String: String] = [:]

    init() {}

    /// Reads a column; `nil` if it holds no headers.
    init?(column: String, traceState: String) {
        if TraceContext(traceparent: column) != nil {
            values[W3CPropagator.traceparentHeader] = column
            if !traceState.isEmpty { values[W3CPropagator.tracestateHeader] = traceState }
            return
        }
        for line in column.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
            values[String(line[..<colon])] = String(line[line.index(after: colon)...].trimmingSpaces())
        }
        if values.isEmpty { return nil }
    }

    /// What the column of a context holds; `nil` if the propagator wrote nothing.
    ///
    /// A `traceparent` stands alone, so that all who know it read the same column; its `tracestate` is in another. Without one
    /// it is all headers, a line each. Baggage is never in it.
    var column: String? {
        if let traceparent = values[W3CPropagator.traceparentHeader], TraceContext(traceparent: traceparent) != nil {
            return traceparent
        }
        let lines = values.filter { $0.key != W3CPropagator.baggageHeader }.map { "\($0.key): \($0.value)" }
        return lines.isEmpty ? nil : lines.sorted().joined(separator: "\n")
    }

    /// The header `tracestate`, where it isn't part of the column.
    var traceState: String {
        column == values[W3CPropagator.traceparentHeader] ? values[W3CPropagator.tracestateHeader] ?? "" : ""
    }

    /// The identity of the span; `nil` without a `traceparent`.
    var traceContext: TraceContext? {
        guard let traceparent = values[W3CPropagator.traceparentHeader] else { return nil }
        return TraceContext(traceparent: traceparent, tracestate: values[W3CPropagator.tracestateHeader])?.local
    }

    /// The header `baggage`.
    var baggage: String { values[W3CPropagator.baggageHeader] ?? "" }

    /// The same headers with one for baggage.
    func with(baggage: String) -> TraceHeaders {
        var headers = self
        headers.values[W3CPropagator.baggageHeader] = baggage
        return headers
    }

    /// Takes headers from a propagator; what can be no header is left out.
    struct Writer: Injector {
        func inject(_ value: String, forKey key: String, into headers: inout TraceHeaders) {
            let isHeader = !key.isEmpty && !key.contains { $0 == ":" || $0.isNewline }
            guard isHeader, !value.contains(where: \.isNewline) else { return }
            headers.values[key.lowercased()] = value
        }
    }

    /// Gives headers to a propagator.
    struct Reader: Extractor {
        func extract(key: String, from headers: TraceHeaders) -> String? { headers.values[key.lowercased()] }
    }
}
