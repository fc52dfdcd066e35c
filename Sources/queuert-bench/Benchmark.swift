import Foundation

/// Something whose speed is measured.
struct Benchmark: Sendable {
    let name: String
    /// Whether it takes so long that it runs only if it is asked for by its whole name.
    let isOnDemand: Bool
    /// Whether it needs a process of its own: what others have left in memory would count, or hide what it takes.
    let isAlone: Bool
    /// What that process has in its environment beside what this one has.
    let environment: [String: String]
    let run: @Sendable () async throws -> Measurement

    init(
        _ name: String, isOnDemand: Bool = false, isAlone: Bool = false, environment: [String: String] = [:],
        _ run: @escaping @Sendable () async throws -> Measurement
    ) {
        self.name = name
        self.isOnDemand = isOnDemand
        self.isAlone = isAlone
        self.environment = environment
        self.run = run
    }
}

/// What a benchmark needs is not here, which is said instead of a figure.
struct Unavailable: Error { let reason: String }

/// A figure, and the floor from the same run: what a bare loop without any of our code reaches.
struct Measurement: Sendable {
    var value: Double
    var unit: String
    var floor: Double?
    /// The two against each other.
    var ratio: Double?
    /// What each thing that was counted cost of all processors, in microseconds: steadier than time on a machine that is busy.
    var cpu: Double?
    var server: ServerCosts?

    init(
        value: Double, unit: String, floor: Double? = nil, cpu: Double? = nil, server: ServerCosts? = nil
    ) {
        self.value = value
        self.unit = unit
        self.floor = floor
        self.cpu = cpu
        self.server = server
        ratio = floor.map { value / $0 }
    }

    /// The median of some rounds, each of which measured the two one after the other: what else a machine does changes less
    /// within a round than between them.
    init(_ rounds: [(rate: Rate, floor: Double)], unit: String) {
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        value = median(rounds.map(\.rate.perSecond))
        cpu = median(rounds.map(\.rate.cpu))
        floor = median(rounds.map(\.floor))
        ratio = median(rounds.map { $0.rate.perSecond / $0.floor })
        self.unit = unit
    }

    /// The same of two that take turns in going first, since the first finds the caches and the disk as the other left them.
    static func inTurn(
        rounds: Int, unit: String, _ rate: () async throws -> Rate, floor: () async throws -> Rate
    ) async throws -> Measurement {
        var measured: [(Rate, Double)] = []
        for round in 0..<rounds {
            if round.isMultiple(of: 2) {
                let bare = try await floor()
                measured.append((try await rate(), bare.perSecond))
            } else {
                let value = try await rate()
                measured.append((value, try await floor().perSecond))
            }
        }
        return Measurement(measured, unit: unit)
    }

    /// The median of some rounds.
    init(_ rounds: [Rate], unit: String) {
        let rate = rounds.sorted { $0.perSecond < $1.perSecond }[rounds.count / 2]
        self.init(rate, unit: unit)
    }

    init(_ rate: Rate, unit: String, floor: Double? = nil, server: ServerCosts? = nil) {
        self.init(value: rate.perSecond, unit: unit, floor: floor, cpu: rate.cpu, server: server)
    }

    func json(name: String) -> String {
        var fields = ["\"bench\":\"\(name)\"", "\"value\":\(value.short)", "\"unit\":\"\(unit)\""]
        if let floor { fields.append("\"floor\":\(floor.short)") }
        if let ratio { fields.append("\"ratio\":\(ratio.short)") }
        if let cpu { fields.append("\"cpu_us\":\(cpu.short)") }
        if let server {
            fields.append("\"commits\":\(server.commits.short)")
            fields.append("\"wal_bytes\":\(server.walBytes.short)")
            fields.append("\"round_trips\":\(server.roundTrips.short)")
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

/// How fast something was done.
struct Rate: Sendable {
    var perSecond = 0.0
    /// The processor time of each, in microseconds.
    var cpu = 0.0
}

/// How fast a body is that does `count` things, the best of some rounds.
func rate(of count: Int, rounds: Int = 3, _ body: () async throws -> Void) async rethrows -> Rate {
    var best = Rate()
    for _ in 0..<rounds {
        let start = processorTime()
        let duration = try await ContinuousClock().measure { try await body() }
        let used = (processorTime() - start) / .microseconds(1)
        let rate = Rate(perSecond: Double(count) / (duration / .seconds(1)), cpu: used / Double(count))
        if rate.perSecond > best.perSecond { best = rate }
    }
    return best
}

/// The time that this process has used of all processors.
func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
