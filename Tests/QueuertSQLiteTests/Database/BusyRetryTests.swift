import Dispatch
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

/// SQLite has no timeout of its own here, and says at once that it is busy, as in some cases whatever its timeout is.
@Suite("A database that is busy at once", .timeLimit(.minutes(20))) struct BusyRetryTests {
    @Test("is tried again until it is free")
    func triedAgain() async throws {
        try await withTemporaryFolder { folder in
            let tries = try await onThread {
                let holder = try Self.makeHolder(folder)
                let other = try Self.open(folder)
                var tries = 0
                try other.retryWhileBusy(for: .seconds(600)) {
                    tries += 1
                    if tries == 4 { holder.rollback() }
                    try other.runTransactionStatement("BEGIN IMMEDIATE")
                }
                other.rollback()
                return tries
            }
            #expect(tries == 4)
        }
    }

    @Test("is tried again when a transaction begins")
    func begins() async throws {
        try await withTemporaryFolder { folder in
            let holder = try Self.makeHolder(folder)
            let (opened, tellOpened) = AsyncStream<Void>.makeStream()
            async let begun: Void = onThread {
                defer { tellOpened.finish() }
                let other = try Self.open(folder)
                tellOpened.finish()
                try other.begin(.writing, busyTimeout: .seconds(600))
                other.rollback()
            }
            for await _ in opened {}
            // Long enough for it to be refused.
            for _ in 0..<1_000 { await Task.yield() }
            holder.rollback()
            try await begun
        }
    }

    @Test("is not tried again for ever, nor after another error")
    func bounded() async throws {
        try await withTemporaryFolder { folder in
            let (busy, failure, tries) = try await onThread {
                let holder = try Self.makeHolder(folder)
                let other = try Self.open(folder)
                let busy = Self.code { try other.begin(.writing, busyTimeout: .milliseconds(20)) }
                holder.rollback()
                var tries = 0
                let failure = Self.code {
                    try other.retryWhileBusy(for: .seconds(600)) {
                        tries += 1
                        // There is no transaction.
                        try other.runTransactionStatement("COMMIT")
                    }
                }
                return (busy, failure, tries)
            }
            #expect(busy == .busy)
            #expect(failure == .other)
            #expect(tries == 1)
        }
    }

    /// What a body fails with.
    private static func code(of body: () throws -> Void) -> SQLiteError.Code? {
        do { try body() } catch { return (error as? SQLiteError)?.code }
        return nil
    }

    private static func open(_ folder: String) throws -> SQLiteHandle {
        try SQLiteHandle(path: folder + "/db.sqlite", readOnly: false, busyTimeout: .zero)
    }

    /// A connection that holds the lock of a database, as another process might.
    private static func makeHolder(_ folder: String) throws -> SQLiteHandle {
        let holder = try open(folder)
        try holder.run(script: "PRAGMA journal_mode = WAL; CREATE TABLE t (v)")
        try holder.begin(.writing, busyTimeout: .zero)
        return holder
    }

    /// Runs a body on a thread that may wait.
    private func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
        }
    }
}
