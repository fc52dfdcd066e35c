internal import Queuert
internal import QueuertOTel

/// The outbox's table in the queue's database, for threads that may wait.
struct DatabaseOutboxTable<Adapter: StateAdapter>: OutboxTable where Adapter.Operations: TelemetryOutboxOperations {
    let adapter: Adapter
    let configuration: TelemetryOutbox.Configuration

    func lead(_ name: String, for duration: Duration) throws -> Bool {
        try write { try $0.leadTelemetry(name, for: duration) }
    }

    func resign(_ name: String) throws { try write { try $0.resignTelemetry(name) } }

    func keep(_ request: OTLPRequest) throws -> Int {
        try write { try $0.keepTelemetry([TelemetryMessage(request)]) }
        return 0
    }

    func oldest(_ signal: OTLPSignal, within limit: RequestLimit) throws -> KeptRequest? {
        let kept = try read { operations in
            let first = try operations.oldestTelemetry(signal.rawValue, limit: limit.firstRead)
            let count = limit.worthReading(firstBytes: first.reduce(0) { $0 + $1.message.bytes.count })
            guard first.count == limit.firstRead, count > first.count else { return first }
            return try operations.oldestTelemetry(signal.rawValue, limit: count)
        }
        guard let first = kept.first else { return nil }
        var taken = [first]
        var bytes = first.message.bytes.count
        // What is written in JSON can't be put together.
        if first.message.encoding != "json" {
            for next in kept.dropFirst() {
                bytes += next.message.bytes.count
                guard bytes <= limit.bytes, next.message.encoding == first.message.encoding else { break }
                taken.append(next)
            }
        }
        return KeptRequest(ids: taken.map(\.id), request: OTLPRequest(taken.map(\.message), signal: signal))
    }

    func settle(_ kept: KeptRequest) throws { try write { try $0.removeTelemetry(kept.ids) } }

    func dropTooOld(_ signal: OTLPSignal) throws -> Int {
        try write { try $0.dropTelemetry(signal.rawValue, olderThan: configuration.maximumAge) }
    }

    func dropForRoom() throws -> Int { try write { try $0.dropTelemetry(beyond: configuration.maximumBytes) } }

    func total() throws -> OutboxTotal {
        let total = try read { try $0.telemetryTotal() }
        return OutboxTotal(items: total.items, bytes: total.bytes)
    }

    private func write<R: Sendable>(_ body: @escaping @Sendable (Adapter.Operations) throws -> R) throws -> R {
        try BlockingCall.wait { [adapter] in
            try await adapter.withOperation(.work) { connection in try body(adapter.operations(on: connection)) }
        }
    }

    private func read<R: Sendable>(_ body: @escaping @Sendable (Adapter.Operations) throws -> R) throws -> R {
        try BlockingCall.wait { [adapter] in
            try await adapter.withReadConnection { connection in try body(adapter.operations(on: connection)) }
        }
    }
}
