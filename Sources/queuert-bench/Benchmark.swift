/// Something whose speed is measured.
struct Benchmark: Sendable {
    let name: String
    let run: @Sendable () async throws -> Measurement

    init(_ name: String, _ run: @escaping @Sendable () async throws -> Measurement) {
        self.name = name
        self.run = run
    }
}

/// A figure, and the floor from the same run: what a bare loop without any of our code reaches.
struct Measurement: Sendable {
    var value: Double
    var unit: String
    var floor: Double?

    func json(name: String) -> String {
        var fields = ["\"bench\":\"\(name)\"", "\"value\":\(value.short)", "\"unit\":\"\(unit)\""]
        if let floor {
            fields.append("\"floor\":\(floor.short)")
            fields.append("\"ratio\":\((value / floor).short)")
        }
        return "{\(fields.joined(separator: ","))}"
    }
}

extension Double {
    /// Four significant digits, without an exponent.
    fileprivate var short: String {
        if self >= 1000 { return "\(Int(rounded()))" }
        return "\((self * 1000).rounded() / 1000)"
    }
}

/// How many times a second a body that does `count` things does them, the best of some rounds.
func rate(of count: Int, rounds: Int = 3, _ body: () async throws -> Void) async rethrows -> Double {
    var best = 0.0
    for _ in 0..<rounds {
        let duration = try await ContinuousClock().measure { try await body() }
        best = max(best, Double(count) / (duration / .seconds(1)))
    }
    return best
}
