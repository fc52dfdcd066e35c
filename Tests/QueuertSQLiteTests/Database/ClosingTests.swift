import Queuert
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("A pool that is closed", .timeLimit(.minutes(2))) struct ClosingTests {
    enum Note: EntryJobType {
        static let name = "note"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("may be closed again, also at the same time, and refuses all else", arguments: [0, 2])
    func closedAgain(_ readers: Int) async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: "\(folder)/test.sqlite", configuration: .init(readers: readers))
            let client = Client(adapter: SQLiteStateAdapter(pool: pool))
            try await client.adapter.migrate()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { await pool.close() } }
            }
            await pool.close()
            for use: @Sendable () async throws -> Void in [
                { try await pool.write { _ in } }, { try await pool.read { _ in } },
                { try await pool.backup(to: "\(folder)/copy.sqlite") },
                { try await client.startJobChain(Note.self, input: 1) }, { _ = try await client.jobCounts() },
            ] {
                let error = await #expect(throws: SQLiteError.self) { try await use() }
                #expect(error?.code == .closed)
            }
        }
    }

    @Test("has written what was begun before, and what comes later is refused")
    func closedWhileWriting() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/test.sqlite"
            let pool = try await SQLitePool(path: path)
            try await pool.write { db in _ = try db.execute("CREATE TABLE note (number INTEGER)") }
            let written = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        do {
                            try await pool.write { db in
                                _ = try db.execute("INSERT INTO note VALUES (?)", [number])
                            }
                            return true
                        } catch {
                            #expect((error as? SQLiteError)?.code == .closed)
                            return false
                        }
                    }
                    guard number == 20 else { continue }
                    group.addTask {
                        await pool.close()
                        return false
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            let again = try await SQLitePool(path: path)
            let stored = try await again.read { db in try db.query("SELECT count(*) FROM note")[0][0] }
            #expect(stored == .integer(Int64(written)))
            await again.close()
        }
    }
}
