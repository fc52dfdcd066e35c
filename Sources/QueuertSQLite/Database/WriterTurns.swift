/// Whose turn it is to write, and who waits for it: first come, first served.
///
/// State of the connection that writes, so that a turn passes on without a lock and without another thread.
struct WriterTurns {
    private(set) var isTaken = false
    private var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    /// How many of those at the front have had their turn; they are removed together.
    private var served = 0
    private var lastTicket: UInt64 = 0

    var isAnyoneWaiting: Bool { served < waiting.count }
    var waitingCount: Int { waiting.count - served }

    /// Takes the turn, if nobody has it.
    mutating func take() -> Bool {
        if isTaken { return false }
        isTaken = true
        return true
    }

    mutating func makeTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    mutating func wait(_ ticket: UInt64, _ continuation: CheckedContinuation<Void, any Error>) {
        waiting.append((ticket, continuation))
    }

    /// Gives the turn to who waits longest.
    mutating func pass() {
        guard isAnyoneWaiting else {
            isTaken = false
            return
        }
        let next = waiting[served]
        served += 1
        if served == waiting.count || served == 256 {
            waiting.removeFirst(served)
            served = 0
        }
        next.continuation.resume()
    }

    /// Takes someone out of the line, unless the turn has come.
    mutating func leave(_ ticket: UInt64) {
        guard let index = waiting[served...].firstIndex(where: { $0.ticket == ticket }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }
}

extension SQLiteConnection {
    /// Waits until nobody else writes.
    ///
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    func takeTurn() async throws {
        if turns.take() { return }
        let ticket = turns.makeTicket()
        try await withTaskCancellationHandler {
            // The turn may have come free, and the task may have been cancelled, on the way to here.
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else if turns.take() {
                    continuation.resume()
                } else {
                    turns.wait(ticket, continuation)
                }
            }
        } onCancel: {
            // The line is the connection's. The task ends as soon as the connection has a moment.
            Task { await self.leaveLine(ticket) }
        }
    }

    private func leaveLine(_ ticket: UInt64) { turns.leave(ticket) }

    /// Lets the next one write; if there is none, what waits is committed as soon as nobody comes.
    func passTurn() {
        turns.pass()
        if !turns.isTaken { commitWhenIdle() }
    }

    /// Runs a body while nobody else writes, outside of any transaction.
    func alone<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try await takeTurn()
        commitGroup()
        defer { passTurn() }
        return try await body(self)
    }
}
