extension MetricView {
    /// Whether the view is for an instrument.
    func isFor(_ descriptor: MetricDescriptor, _ kind: InstrumentKind) -> Bool {
        if let wanted = self.kind, wanted != kind { return false }
        if let unit, unit != descriptor.unit { return false }
        if let scope, scope != descriptor.scope.name { return false }
        return Self.matches(Array(descriptor.name.lowercased())[...], Array(instrument.lowercased())[...])
    }

    /// Whether the view may be for several instruments, which can't all have one name.
    var isForMany: Bool { instrument.contains { $0 == "*" || $0 == "?" } }

    /// What the metric is.
    func descriptor(of instrument: MetricDescriptor) -> MetricDescriptor {
        var descriptor = instrument
        if let name, !isForMany { descriptor.name = name }
        if let description { descriptor.description = description }
        return descriptor
    }

    private static func matches(_ name: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
        // Where the last star stood, and how much of the name it stands for.
        var (rest, wanted) = (name, pattern)
        var star: (pattern: ArraySlice<Character>, name: ArraySlice<Character>)?
        while let first = rest.first {
            if wanted.first == "*" {
                wanted = wanted.dropFirst()
                star = (wanted, rest)
            } else if wanted.first == first || wanted.first == "?" {
                wanted = wanted.dropFirst()
                rest = rest.dropFirst()
            } else if let last = star {
                star = (last.pattern, last.name.dropFirst())
                (wanted, rest) = (last.pattern, last.name.dropFirst())
            } else {
                return false
            }
        }
        return wanted.allSatisfy { $0 == "*" }
    }
}

extension MetricView.Attributes {
    /// Parts a set into what points are told apart by and what is left out.
    func part(_ attributes: AttributeSet) -> (kept: AttributeSet, left: [Attribute]) {
        if case .all = self { return (attributes, []) }
        var (kept, left): ([Attribute], [Attribute]) = ([], [])
        for attribute in attributes.attributes {
            if keeps(attribute.key) { kept.append(attribute) } else { left.append(attribute) }
        }
        return left.isEmpty ? (attributes, []) : (AttributeSet(kept), left)
    }

    private func keeps(_ key: String) -> Bool {
        switch self {
        case .all: true
        case .only(let keys): keys.contains(key)
        case .except(let keys): !keys.contains(key)
        }
    }
}
