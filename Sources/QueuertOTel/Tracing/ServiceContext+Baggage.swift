public import Tracing

extension ServiceContext {
    private enum BaggageKey: ServiceContextKey {
        typealias Value = Baggage
        static var nameOverride: String? { "queuert-baggage" }
    }

    /// What goes along with the trace, to whoever is called from here.
    public var baggage: Baggage {
        get { self[BaggageKey.self] ?? Baggage() }
        set { self[BaggageKey.self] = newValue.isEmpty ? nil : newValue }
    }
}
