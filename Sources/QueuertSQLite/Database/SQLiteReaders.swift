internal import Queuert

/// The connections of a pool that read, lent to one read each, first come, first served.
final class SQLiteReaders: Sendable {
    /// A read that runs.
    struct Read: Sendable {
        let place: String
        let start: ContinuousClock.Instant
        var isReported = false
    }
    private struct State {
        var idle: [SQLiteConnection]
        var reads: [ObjectIdentifier: Read] = [:]
    }
    private let connections: [SQLiteConnection]
    private let gate: FairGate
    private let state: Locked<State>

    init(path: String, _ configuration: SQLitePool.Configuration) async throws {
        var connections: [SQLiteConnection] = []
        for _ in 0..<configuration.readers {
            let connection = try SQLiteConnection(configuration)
            try await connection.open(readingFrom: path, configuration)
            connections.append(connection)
        }
        self.connections = connections
        gate = FairGate(width: connections.count)
        state = Locked(State(idle: connections))
    }

    /// Lends a connection.
    func withReader<R>(at place: @autoclosure () -> String, _ body: (SQLiteConnection) async throws -> R) async throws
        -> R
    {
        try await gate.enter()
        let read = Read(place: place(), start: .now)
        let lent = state.withLock { state -> SQLiteConnection? in
            guard let reader = state.idle.popLast() else { return nil }
            state.reads[ObjectIdentifier(reader)] = read
            return reader
        }
        // The gate lets in as many tasks as there are connections, so one is idle.
        guard let reader = lent else { preconditionFailure("No reader is idle.") }
        defer {
            state.withLock { state in
                state.reads[ObjectIdentifier(reader)] = nil
                state.idle.append(reader)
            }
            gate.leave()
        }
        return try await body(reader)
    }

    /// Runs a body while nobody reads.
    ///
    /// New reads wait while those that run end, which may take as long as `patience`.
    ///
    /// - Returns: What the body returns; `nil` if a read took too long.
    func whileNobodyReads<R: Sendable>(
        patience: Duration, _ body: @Sendable () async throws -> R
    ) async rethrows -> R? {
        let count = connections.count
        let entered = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<count { group.addTask { [gate] in (try? await gate.enter()) != nil } }
            group.addTask {
                try? await Task.sleep(for: patience)
                return false
            }
            var entered = 0
            while let hasEntered = await group.next() {
                if hasEntered { entered += 1 } else { group.cancelAll() }
                if entered == count { group.cancelAll() }
            }
            return entered
        }
        defer { for _ in 0..<entered { gate.leave() } }
        return entered == count ? try await body() : nil
    }

    /// The read that runs longest, if that is for longer than some time; each read once.
    func takeRead(longerThan duration: Duration) -> Read? {
        state.withLock { state in
            guard let longest = state.reads.min(by: { $0.value.start < $1.value.start }), !longest.value.isReported,
                ContinuousClock.now - longest.value.start > duration
            else { return nil }
            state.reads[longest.key]?.isReported = true
            return longest.value
        }
    }

    func close() async {
        for _ in connections { try? await gate.enter() }
        for connection in connections { await connection.disconnect() }
        for _ in connections { gate.leave() }
    }
}

extension SQLiteConnection {
    func open(readingFrom path: String, _ configuration: SQLitePool.Configuration) throws {
        connect(
            try SQLiteHandle(
                path: path, readOnly: true, busyTimeout: configuration.busyTimeout,
                cacheLimit: configuration.statementCacheLimit))
    }
}
