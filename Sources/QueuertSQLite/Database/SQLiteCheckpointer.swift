internal import Logging
internal import Queuert

/// Moves what was committed from the write-ahead log into the database's file, beside the commits.
///
/// - When the log has grown by some pages, what it holds is copied on a connection of its own, while others read and
///   write.
/// - When it has grown to its limit, because there was always someone who read or wrote, reads that begin wait a moment
///   for those that run, and the next turn to write is the checkpointer's: then the next commit begins the log anew.
///   Its file keeps its size, up to `journal_size_limit`, which is twice the limit. How long reads wait is limited by
///   ``CheckpointPatience``.
/// - When nobody writes for a while, the file is emptied.
///
/// A checkpoint beside others begins only when the log holds something that was not copied yet. Two that follow each other
/// while a third connection begins the log anew are what versions with a known fault can't bear.
final class SQLiteCheckpointer: Sendable {
    private struct State {
        /// How many pages the log has, after the last commit.
        var pages = 0
        /// At how many pages the next copy begins.
        var nextCopy: Int
        var commits: UInt64 = 0
        var copying: Task<Void, Never>?
        var watching: Task<Void, Never>?
        var isClosed = false
        /// How often in a row the log could not be ended, and until when that isn't tried again.
        var failures = 0
        var notBefore = ContinuousClock.now
        var isForeignReaderReported = false
    }
    private let connection: SQLiteConnection
    private let writer: SQLiteConnection
    private let readers: SQLiteReaders?
    /// The log isn't ended while one runs: that would wait for it.
    private let backups: SQLiteBackups
    private let logger: Logger
    private let copyInterval: Int
    private let limit: Int
    /// How long nobody writes until the log is emptied.
    private let idleTime: Duration
    /// How long others are waited for when the log has just reached its limit.
    private let patience: Duration
    private let state: Locked<State>

    /// How often what came during a copy is copied as well, before the log is begun anew.
    private static var lastCopies: Int { 2 }

    init(
        path: String, _ configuration: SQLitePool.Configuration, writer: SQLiteConnection, readers: SQLiteReaders?,
        backups: SQLiteBackups, logger: Logger
    ) async throws {
        connection = try SQLiteConnection(configuration)
        let pageSize = try await connection.open(checkpointing: path, configuration)
        self.writer = writer
        self.readers = readers
        self.backups = backups
        self.logger = logger
        idleTime = configuration.checkpointIdleTime
        patience = configuration.checkpointPatience
        limit = max(1, configuration.walSizeLimit / pageSize)
        copyInterval = max(1, min(1_000, limit / 4))
        state = Locked(State(nextCopy: copyInterval))
    }

    /// Takes note of a commit.
    ///
    /// Called on the connection that writes: it must not wait.
    func walHas(pages: Int) {
        state.withLock { state in
            // The log was begun anew.
            if pages < state.pages { state.nextCopy = copyInterval }
            state.pages = pages
            state.commits += 1
            if state.isClosed || pages == 0 { return }
            // The tasks end by themselves, or with `close`. They have nothing of the transaction's task.
            if pages >= state.nextCopy, state.copying == nil {
                state.copying = Task.detached { await self.copy() }
            }
            if state.watching == nil { state.watching = Task.detached { await self.emptyWhenIdle() } }
        }
    }

    func close() async {
        let (copying, watching) = state.withLock { state in
            state.isClosed = true
            return (state.copying, state.watching)
        }
        watching?.cancel()
        await copying?.value
        await watching?.value
        _ = try? await writer.alone { [patience] writer in try writer.endWAL(by: .empty, busyTimeout: patience) }
        await connection.disconnect()
    }

    // MARK: Work

    private func copy() async {
        // Fails when the file can't be written. The log keeps everything, and the next commit fails or tries again.
        var pages = try? await connection.copyWAL()
        if pages.map({ $0 >= limit }) ?? false, state.withLock({ $0.notBefore <= .now }) {
            // Who writes waits for the rest: let that be little.
            for _ in 0..<Self.lastCopies {
                guard let copied = pages, state.withLock({ $0.pages > copied }) else { break }
                pages = try? await connection.copyWAL()
            }
            // A commit may have begun it anew meanwhile.
            if state.withLock({ $0.pages >= limit }), await end(by: .restart) { pages = 0 }
        }
        state.withLock { state in
            state.nextCopy = (pages ?? state.pages) + copyInterval
            state.copying = nil
        }
    }

    private func emptyWhenIdle() async {
        while true {
            let (commits, pause) = state.withLock { state in
                let pause = idleTime * (1 << min(state.failures, 6))
                return (state.commits, max(pause, state.notBefore - ContinuousClock.now))
            }
            guard (try? await Task.sleep(for: pause)) != nil else { return }
            if state.withLock({ $0.commits }) != commits { continue }
            guard await end(by: .empty) else { continue }
            let isOver = state.withLock { state in
                if state.commits != commits { return false }
                state.watching = nil
                return true
            }
            if isOver { return }
        }
    }

    /// Ends the log, for which nobody may write and nobody may read.
    ///
    /// - Returns: Whether that was possible.
    func end(by checkpoint: SQLiteHandle.Checkpoint) async -> Bool {
        if backups.isAnyRunning || state.withLock({ $0.isClosed }) { return false }
        let patience = CheckpointPatience(patience, growth: state.withLock { $0.pages } / limit, from: .now)
        let isEnded: Bool?
        if let readers {
            isEnded =
                await readers.whileNobodyReads(patience: patience.rest(at: .now)) {
                    await self.end(by: checkpoint, patience)
                } ?? nil
        } else {
            isEnded = await end(by: checkpoint, patience)
        }
        if isEnded == true {
            state.withLock { state in
                state.failures = 0
                state.pages = 0
                state.nextCopy = copyInterval
            }
            return true
        }
        let (isTooLarge, tellsOfOthers) = state.withLock { state in
            state.failures += 1
            state.notBefore = .now + patience.pause
            let isTooLarge = state.pages >= limit
            let tells = isTooLarge && isEnded == false && !state.isForeignReaderReported
            if tells { state.isForeignReaderReported = true }
            return (isTooLarge, tells)
        }
        if tellsOfOthers {
            logger.warning(
                "The write-ahead log can't be emptied: another process reads or writes for long. It grows meanwhile.")
        }
        if isTooLarge, isEnded == nil, let read = readers?.takeRead(longerThan: patience.whole) {
            logger.warning(
                "A read that takes long keeps the write-ahead log from being emptied. It grows until the read ends.",
                metadata: ["read": "\(read.place)", "duration": "\(ContinuousClock.now - read.start)"])
        }
        return false
    }

    /// Ends the log as soon as nobody writes.
    ///
    /// - Returns: Whether that was possible; `nil` if somebody wrote for too long, or another checkpoint was under way.
    private func end(by checkpoint: SQLiteHandle.Checkpoint, _ patience: CheckpointPatience) async -> Bool? {
        let (results, tell) = AsyncStream<Bool?>.makeStream()
        let isDecided = Locked(false)
        /// Whether the caller is the first, and so decides whether there is a checkpoint.
        @Sendable func decides() -> Bool {
            isDecided.withLock { isDecided in
                defer { isDecided = true }
                return !isDecided
            }
        }
        // Who has given up leaves the line only when the connection has a moment, which it hasn't while a statement
        // runs. A group would wait for that. A task of its own leaves by itself, and does nothing if its turn still
        // comes.
        let attempt = Task { [writer] in
            let isEnded = try? await writer.alone { writer in
                try decides() ? writer.endWAL(by: checkpoint, busyTimeout: patience.restForOthers(at: .now)) : nil
            }
            tell.yield(isEnded)
            tell.finish()
        }
        let timer = Task {
            try? await Task.sleep(for: patience.rest(at: .now))
            if decides() { tell.finish() }
        }
        defer {
            attempt.cancel()
            timer.cancel()
        }
        return await results.first { _ in true } ?? nil
    }
}

extension SQLiteConnection {
    fileprivate func open(
        checkpointing path: String, _ configuration: SQLitePool.Configuration
    ) throws -> Int {
        let handle = try SQLiteHandle(path: path, readOnly: false, busyTimeout: configuration.busyTimeout)
        try handle.run(script: "PRAGMA synchronous = \(configuration.synchronous.rawValue)")
        connect(handle)
        guard case .integer(let size) = try handle.value("PRAGMA page_size") else { return 4_096 }
        return max(512, Int(size))
    }

    /// Copies what the log holds into the database, as far as reads that run allow.
    ///
    /// - Returns: How many pages the log has; `nil` if another checkpoint was under way.
    fileprivate func copyWAL() throws -> Int? { try handle.checkpoint(.copy).pages }

    /// Copies all that the log holds into the database, so that it can be begun anew.
    ///
    /// - Returns: Whether that was possible; `nil` if another checkpoint was under way.
    fileprivate func endWAL(by checkpoint: SQLiteHandle.Checkpoint, busyTimeout limit: Duration) throws -> Bool? {
        let handle = try handle
        handle.setBusyTimeout(limit)
        defer { handle.setBusyTimeout(busyTimeout) }
        let (pages, isBusy) = try handle.checkpoint(checkpoint)
        return isBusy && pages == nil ? nil : !isBusy
    }
}
