import Logging
import SQLiteTestSupport
import Testing

@testable import QueuertSQLite

@Suite("Versions of the SQLite library") struct SQLiteKnownFaultsTests {
    @Test(
        "those that can damage a database are known",
        arguments: ["3.7.0", "3.37.0", "3.40.1", "3.44.5", "3.45.0", "3.49.2", "3.50.6", "3.51.0", "3.51.2"])
    func faulty(_ version: String) {
        #expect(SQLiteKnownFaults.fault(ofVersion: version)?.contains("3.51.3") == true)
    }

    @Test(
        "those in which that was mended pass, and those before it came about",
        arguments: ["3.6.23", "3.44.6", "3.44.10", "3.50.7", "3.51.3", "3.52.0", "3.53.4", "4.0.0", ""])
    func sound(_ version: String) { #expect(SQLiteKnownFaults.fault(ofVersion: version) == nil) }

    @Test("a warning names the version, and there is none of one that is sound")
    func warning() {
        let log = EventLog()
        let logger = Logger(label: "test") { _ in LoggedTexts(log: log) }
        SQLiteKnownFaults.warn(logger, of: "3.51.3")
        #expect(log.events.isEmpty)
        SQLiteKnownFaults.warn(logger, of: "3.51.2")
        #expect(log.events.count == 1)
        #expect(log.events[0].contains("3.51.2"))
    }

    @Test("whoever makes the queue's tables is warned of the library that runs, once")
    func migration() async throws {
        let log = EventLog()
        let logger = Logger(label: "test") { _ in LoggedTexts(log: log) }
        let expected = SQLiteKnownFaults.fault(ofVersion: SQLitePool.libraryVersion) == nil ? 0 : 1
        let pool = try await SQLitePool(path: ":memory:")
        try await SQLiteStateAdapter(pool: pool, logger: logger).migrate()
        await pool.close()
        #expect(log.events.count == expected)
        // What the adapter for GRDB asks for.
        try SQLiteKnownFaults.check(logger)
        #expect(log.events.count == 2 * expected)
    }

    @Test("one that lacks what the tables need is refused, and says what to do")
    func tooOld() throws {
        for number: Int32 in [3_008_000, 3_036_000] {
            let error = #expect(throws: SQLiteError.self) { try SQLiteHandle.checkVersion(number) }
            #expect(error?.code == .unsupported)
            #expect(error?.hint.contains("3.37.0") == true)
        }
        try SQLiteHandle.checkVersion(3_037_000)
        try SQLiteHandle.checkVersion(3_053_004)
    }

    @Test("one that does not enforce foreign keys is refused, and says what to do")
    func withoutForeignKeys() throws {
        // Without them, the setting is unknown and has no value.
        for value in [SQLiteValue.integer(0), .null] {
            let error = #expect(throws: SQLiteError.self) { try SQLiteHandle.checkForeignKeys(value) }
            #expect(error?.code == .unsupported)
            #expect(error?.hint.contains("SQLITE_OMIT_FOREIGN_KEY") == true)
        }
        try SQLiteHandle.checkForeignKeys(.integer(1))
    }
}
