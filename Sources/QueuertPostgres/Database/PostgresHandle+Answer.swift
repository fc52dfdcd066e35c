internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How long answers are waited for.
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
        if let answerTimeout, PQisBusy(connection) == 1 { try waitForAnswer(answerTimeout) }
        return PQgetResult(connection)
    }

    /// How often who waits for a long statement looks whether it was cancelled.
    private static let lookInterval = Duration.seconds(1)

    /// Waits until a result is there, so that reading it does not block.
    ///
    /// The answer to a long statement is given up if it does not come in time after the statement was cancelled, or if the
    /// server is not at it, as two looks in a row have found.
    private func waitForAnswer(_ timeout: Duration) throws {
        var end = ContinuousClock.now + timeout
        var isOverdue = longStatement == nil
        var wasIdle = false
        while PQisBusy(connection) == 1 {
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
            if try takeInput(within: isOverdue ? end - .now : min(end - .now, Self.lookInterval)), longStatement != nil
            {
                // Whoever sends something is there.
                isOverdue = false
                wasIdle = false
                end = .now + timeout
            }
        }
    }

    /// Sends what is still to be sent, and takes in what comes.
    ///
    /// - Returns: Whether something may have come.
    private func takeInput(within duration: Duration) throws -> Bool {
        let flushed = PQflush(connection)
        let events = Int16(POLLIN) | (flushed == 1 ? Int16(POLLOUT) : 0)
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        let milliseconds = Int32(clamping: Int64(max(.zero, duration) / .milliseconds(1)) + 1)
        guard poll(&descriptor, 1, milliseconds) > 0, descriptor.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 else {
            return false
        }
        guard PQconsumeInput(connection) == 1 else { throw lost() }
        return true
    }

    /// Gives the connection up because nobody answers.
    func giveUp(after timeout: Duration) -> PostgresError {
        let error = PostgresError.noAnswer(within: timeout)
        failure = error
        return error
    }
}
