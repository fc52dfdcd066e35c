import Queuert
import QueuertSQLite
import Testing

@Suite("Opening a SQLite database") struct OpeningTests {
    @Test(
        "takes any timeout, up to the longest that SQLite knows",
        arguments: [
            (.seconds(Int64.max), 2_147_483_647), (.milliseconds(1_500), 1_500), (.zero, 0), (.seconds(-1), 0),
        ] as [(Duration, Int64)])
    func busyTimeout(_ timeout: Duration, _ milliseconds: Int64) async throws {
        let pool = try await SQLitePool(path: ":memory:", configuration: .init(busyTimeout: timeout))
        let value = try await pool.write { db in try db.query("PRAGMA busy_timeout")[0][0] }
        #expect(value == .integer(milliseconds))
        await pool.close()
    }

    @Test("tells what is wrong where the system refuses the connections a thread")
    func noThread() async throws {
        let error = await ThreadExecutor.refusingThreads {
            await #expect(throws: SQLiteError.self) { _ = try await SQLitePool(path: ":memory:") }
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.hint.contains("limit of threads") == true)
    }
}
