internal import Queuert

/// What is propagated with a job besides its contexts, as it is stored in `trace_carrier`: header lines.
struct TraceCarrier: Hashable {
    private static let stateLine = "tracestate: "
    private static let baggageLine = "baggage: "

    /// The `tracestate` header, empty if there is none.
    var traceState = ""
    /// The `baggage` header as far as it may be stored, empty if there is none.
    var baggage = ""
    /// Lines that others wrote, passed on as they are.
    private var others: [Substring] = []

    init(traceState: String = "", baggage: String = "") {
        self.traceState = traceState
        self.baggage = baggage
    }

    init(stored: String?) {
        guard let stored, !stored.isEmpty else { return }
        for line in stored.split(separator: "\n") {
            if line.hasPrefix(Self.stateLine) {
                traceState = String(line.dropFirst(Self.stateLine.count))
            } else if line.hasPrefix(Self.baggageLine) {
                baggage = String(line.dropFirst(Self.baggageLine.count))
            } else {
                others.append(line)
            }
        }
    }

    /// The same for a job whose trace has another state.
    func with(traceState: String) -> TraceCarrier {
        var carrier = self
        carrier.traceState = traceState
        return carrier
    }

    /// The header lines; `nil` if there is nothing to store.
    var stored: String? {
        if traceState.isEmpty && baggage.isEmpty && others.isEmpty { return nil }
        var lines = traceState.isEmpty ? [] : [Substring(Self.stateLine + traceState)]
        if !baggage.isEmpty { lines.append(Substring(Self.baggageLine + baggage)) }
        return (lines + others).joined(separator: "\n")
    }
}
