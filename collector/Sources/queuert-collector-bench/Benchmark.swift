import Foundation

/// Something whose speed is measured.
struct Benchmark: Sendable {
    let name: String
    /// Whether it takes so long that it runs only if it is asked for by its whole name.
    let isOnDemand: Bool
    let run: @Sendable () async throws -> [Measurement]

    init(_ name: String, isOnDemand: Bool = false, _ run: @escaping @Sendable () async throws -> [Measurement]) {
        self.name = name
        self.isOnDemand = isOnDemand
        self.run = run
    }
}

/// A figure.
struct Measurement: Sendable {
    /// What is added to the benchmark's name.
    var part = ""
    var value: Double
    var unit: String
    /// What each thing that was counted cost of all processors, in microseconds.
    var cpu: Double?

    func json(name: String) -> String {
        let name = part.isEmpty ? name : "\(name).\(part)"
        var fields = ["\"bench\":\"\(name)\"", "\"value\":\(value.short)", "\"unit\":\"\(unit)\""]
        if let cpu { fields.append("\"cpu_us\":\(cpu.short)") }
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

/// The time that this process has used of all processors.
func processorTime() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}

/// A folder of a benchmark's own, removed at the end.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("collector-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}
