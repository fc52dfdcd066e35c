/// What was done lately, by what name: how often, how often it failed, and how long it took.
package struct OperationReport: Codable, Hashable, Sendable {
    /// Spans of one name, one kind and one service.
    package struct Operation: Codable, Hashable, Sendable {
        /// The service.
        package var service: String
        /// The name of the spans.
        package var name: String
        /// The kind, as OTLP numbers it.
        package var kind: Int
        /// How many.
        package var count: Int
        /// How many of them ended with an error.
        package var errorCount: Int
        /// How long half of them took at most, in nanoseconds.
        package var p50: Int64
        /// How long 95 of 100 took at most.
        package var p95: Int64
        /// How long 99 of 100 took at most.
        package var p99: Int64
        /// How long the longest took.
        package var longest: Int64
    }

    /// What leads from one type of job to another, or from one service to another.
    package struct Edge: Codable, Hashable, Sendable {
        /// The type or service that it leads from.
        package var from: String
        /// The type or service that it leads to.
        package var to: String
        /// `job` between types of jobs, `service` between services.
        package var kind: String
        /// How often.
        package var count: Int
    }

    /// Of how many spans this tells.
    package var spanCount = 0
    /// When the first of them began, in nanoseconds since 1970.
    package var startTimeUnixNano: String?
    /// When the last of them began, in nanoseconds since 1970.
    package var endTimeUnixNano: String?
    /// What was done, the most frequent first.
    package var operations: [Operation] = []
    /// What led to what, the most frequent first.
    package var edges: [Edge] = []
}

extension OperationReport {
    /// A span, as far as a report needs it.
    struct Row {
        var trace: Int64
        var spanID: Int64
        var parentSpanID: Int64?
        var service: String
        var name: String
        var kind: Int
        var startTime: Int64
        var duration: Int64
        var isError: Bool
        var chainID: String?
    }

    private struct Key: Hashable {
        let service: String
        let name: String
        let kind: Int
    }

    private struct Place: Hashable {
        let trace: Int64
        let spanID: Int64
    }

    /// Reports on spans.
    ///
    /// - Parameter rows: The spans.
    init(_ rows: [Row]) {
        spanCount = rows.count
        startTimeUnixNano = rows.map(\.startTime).min().map(String.init)
        endTimeUnixNano = rows.map(\.startTime).max().map(String.init)
        operations = Dictionary(grouping: rows) { Key(service: $0.service, name: $0.name, kind: $0.kind) }
            .map { key, rows in Self.operation(key, rows) }
            .sorted { ($1.count, $0.service, $0.name) < ($0.count, $1.service, $1.name) }
        edges = (Self.jobEdges(rows) + Self.serviceEdges(rows)).sorted {
            ($1.count, $0.from, $0.to) < ($0.count, $1.from, $1.to)
        }
    }

    private static func operation(_ key: Key, _ rows: [Row]) -> Operation {
        let durations = rows.map(\.duration).sorted()
        func quantile(_ share: Double) -> Int64 {
            durations[max(0, min(durations.count - 1, Int((share * Double(durations.count)).rounded(.up)) - 1))]
        }
        return Operation(
            service: key.service, name: key.name, kind: key.kind, count: rows.count,
            errorCount: rows.count { $0.isError }, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99),
            longest: durations.last ?? 0)
    }

    /// From a chain's job to the one that it goes on with: their PRODUCER spans follow each other.
    private static func jobEdges(_ rows: [Row]) -> [Edge] {
        var counts: [[String]: Int] = [:]
        let producers = rows.filter { $0.kind == 4 && $0.chainID != nil }
        for chain in Dictionary(grouping: producers, by: \.chainID).values {
            let types = chain.sorted { $0.startTime < $1.startTime }.map {
                String($0.name.drop { $0 != " " }.dropFirst())
            }
            for (from, to) in zip(types, types.dropFirst()) where from != to { counts[[from, to], default: 0] += 1 }
        }
        return counts.map { Edge(from: $0.key[0], to: $0.key[1], kind: "job", count: $0.value) }
    }

    private static func serviceEdges(_ rows: [Row]) -> [Edge] {
        var services: [Place: String] = [:]
        for row in rows { services[Place(trace: row.trace, spanID: row.spanID)] = row.service }
        var counts: [[String]: Int] = [:]
        for row in rows {
            guard let parent = row.parentSpanID, let from = services[Place(trace: row.trace, spanID: parent)],
                from != row.service
            else { continue }
            counts[[from, row.service], default: 0] += 1
        }
        return counts.map { Edge(from: $0.key[0], to: $0.key[1], kind: "service", count: $0.value) }
    }
}
