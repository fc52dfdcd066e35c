internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How long the other side is waited for: until it has taken what is sent, and until it answers.
extension PostgresHandle {
    /// Tells when the answer to a statement that takes as long as it takes must come all the same.
    struct LongStatement {
        /// Whether the server was asked to end it.
        let isCancelled: () -> Bool
        /// Whether the server may still be at it.
        let isServerAtWork: () -> Bool
    }

    /// The next result; `nil` at the end of a command's results.
    func nextResult() throws -> OpaquePointer? {
        // Most results are there already, having come with the one before.
        if let answerTimeout, PQisBusy(connection) == 1 { try wait(for: .answer, answerTimeout) }
        return PQgetResult(connection)
    }

    /// The result of a command, each of which has one.
    func onlyResult() throws -> OpaquePointer {
        guard let result = try nextResult() else { throw lost() }
        do {
            switch PQresultStatus(result) {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: throw refuseCopy()
            default: break
            }
            // Each command's results end with none.
            if let more = try nextResult() {
                PQclear(more)
                throw lost()
            }
            return result
        } catch {
            PQclear(result)
            throw error
        }
    }

    /// More than this is sent as a whole: libpq moves all that is left each time that the other side has taken a part,
    /// which would take longer than everything else.
    private static let pieceLimit = 8 << 20

    /// Has libpq send something; what the other side does not take at once, it keeps.
    ///
    /// - Parameters:
    ///   - byteCount: How much it is. If it is very much, all is sent when this returns, however long that took.
    ///   - body: Calls libpq.
    /// - Returns: What the body returns.
    func handOver<R>(_ byteCount: Int, _ body: () throws -> R) rethrows -> R {
        guard byteCount > Self.pieceLimit, answerTimeout != nil else { return try body() }
        PQsetnonblocking(connection, 0)
        defer { PQsetnonblocking(connection, 1) }
        return try body()
    }

    /// Waits until the other side has taken what libpq has kept.
    ///
    /// What can't be sent any more is not waited for: the answer tells why.
    func finishSending() throws {
        if let answerTimeout { try wait(for: .sending, answerTimeout) }
    }

    private enum Goal {
        /// All is sent.
        case sending
        /// A result is there, so that reading it does not block.
        case answer
    }

    /// How often who waits for a long statement looks whether it was cancelled.
    private static let lookInterval = Duration.seconds(1)

    /// Waits for something, and sends what is still to be sent and takes in what comes meanwhile.
    ///
    /// The answer to a long statement is given up if it does not come in time after the statement was cancelled, or if the
    /// server is not at it, as two looks in a row have found.
    private func wait(for goal: Goal, _ timeout: Duration) throws {
        var end = ContinuousClock.now + timeout
        var isOverdue = longStatement == nil
        var wasIdle = false
        while true {
            let isSending = PQflush(connection) == 1
            switch goal {
            case .sending: if !isSending { return }
            case .answer: if PQisBusy(connection) == 0 { return }
            }
            if !isOverdue, let longStatement, longStatement.isCancelled() {
                isOverdue = true
                end = .now + timeout
            }
            if end <= .now {
                let isIdle = longStatement.map { !isOverdue && !$0.isServerAtWork() } ?? false
                if isOverdue || isIdle && wasIdle { throw giveUp(after: timeout) }
                wasIdle = isIdle
                end = .now + timeout
            }
            let pause = isOverdue ? end - .now : min(end - .now, Self.lookInterval)
            if try exchange(within: pause, isSending: isSending), isSending || longStatement != nil {
                // Whoever takes or sends something is there.
                isOverdue = longStatement == nil
                wasIdle = false
                end = .now + timeout
            }
        }
    }

    /// Waits until the other side sends something, or can take more of what is to be sent, and takes in what came.
    ///
    /// Both at once: a server whose own answers nobody takes in would take nothing either.
    ///
    /// - Returns: Whether the other side has done one of them.
    private func exchange(within duration: Duration, isSending: Bool) throws -> Bool {
        let events = Int16(POLLIN) | (isSending ? Int16(POLLOUT) : 0)
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        let milliseconds = Int32(clamping: Int64(max(.zero, duration) / .milliseconds(1)) + 1)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return false }
        // Where the connection has ended, the next result tells of it, in the server's words if there are some.
        if descriptor.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0, PQconsumeInput(connection) == 0,
            PQstatus(connection) == CONNECTION_OK
        {
            throw lost()
        }
        return true
    }

    /// Runs a body in which nobody is waited for longer than this.
    func withAnswer<R>(within limit: Duration, _ body: () throws -> R) rethrows -> R {
        let usual = answerTimeout
        answerTimeout = min(usual ?? limit, limit)
        defer { if failure == nil { answerTimeout = usual } }
        return try body()
    }

    /// Gives the connection up because nobody answers.
    ///
    /// A server that waits for a lock does not look whether anybody still waits for it: without being asked to end that,
    /// it would do it later, beside whoever does the same again.
    func giveUp(after timeout: Duration) -> PostgresError {
        if failure == nil { CancelRequest.sendAside(to: connection) }
        let error = PostgresError.noAnswer(within: timeout)
        failure = error
        return error
    }
}
