/// What is propagated with a job besides its contexts, as it is stored in `trace_carrier`: header lines.
struct TraceCarrier: Hashable {
    /// The `tracestate` header, empty if there is none.
    var traceState = ""

    init(traceState: String) { self.traceState = traceState }

    init(stored: String?) {
        for line in (stored ?? "").split(separator: "\n") {
            let name = "tracestate: "
            if line.hasPrefix(name) { traceState = String(line.dropFirst(name.count)) }
        }
    }

    /// The header lines; `nil` if there is nothing to store.
    var stored: String? { traceState.isEmpty ? nil : "tracestate: \(traceState)" }
}
