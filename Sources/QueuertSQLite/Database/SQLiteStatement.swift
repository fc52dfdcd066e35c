internal import CSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A prepared statement.
///
/// Belongs to its ``SQLiteHandle`` and is used on that handle's thread only, or is lent by another library's connection.
package final class SQLiteStatement {
    private let pointer: OpaquePointer
    let sql: String
    /// Tells of errors; nothing if the statement is lent.
    private unowned let handle: SQLiteHandle?
    /// Whose statement it is, if it is lent.
    private let lender: (any SQLiteLentStatement)?
    private(set) var isInUse = false
    private var isFinalized = false
    private var holdsMuch = false
    /// What was wrong with a value since the last use: without it, SQLite takes NULL for the value.
    private var bindFailure = SQLITE_OK
    private var knownColumns: (columns: SQLiteColumns, preparation: Int32)?

    init(_ pointer: OpaquePointer, sql: String, of handle: SQLiteHandle) {
        self.pointer = pointer
        self.sql = sql
        self.handle = handle
        lender = nil
    }

    /// Borrows a statement for one use.
    init(_ lent: any SQLiteLentStatement, sql: String) {
        pointer = lent.pointer
        self.sql = sql
        handle = nil
        lender = lent
        // Whoever lends it gives it up.
        isFinalized = true
    }

    deinit { finalize() }

    func finalize() {
        if isFinalized { return }
        isFinalized = true
        sqlite3_finalize(pointer)
    }

    /// Runs a body between binding and reset, so that no statement stays open.
    package func use<R>(_ body: () throws -> R) rethrows -> R {
        start()
        defer { finish() }
        return try body()
    }

    /// Takes the statement; nobody else is given it until ``finish()``.
    func start() { isInUse = true }

    /// Resets the statement.
    ///
    /// Whoever uses it next binds each parameter anew, and SQLite puts a small value into the memory of the one before.
    func finish() {
        sqlite3_reset(pointer)
        if holdsMuch || lender != nil { forgetValues() }
        bindFailure = SQLITE_OK
        isInUse = false
    }

    /// Lets the statement run again with what is bound.
    func reset() {
        lender?.reset()
        sqlite3_reset(pointer)
    }

    /// Binds null to each parameter.
    func forgetValues() {
        sqlite3_clear_bindings(pointer)
        holdsMuch = false
    }

    /// How many bytes of a value a statement may hold until its next use.
    private static var keptBytes: Int { 2048 }

    var parameterCount: Int { Int(sqlite3_bind_parameter_count(pointer)) }

    private func note(_ code: Int32) { if code != SQLITE_OK { bindFailure = code } }

    /// Binds bytes by a call of SQLite's, which counts them in 32 bits.
    private func bind(_ count: Int, _ call: (Int32) -> Int32) {
        if count > Self.keptBytes { holdsMuch = true }
        note(Int32(exactly: count).map(call) ?? SQLITE_TOOBIG)
    }

    package func bind(_ value: SQLiteValue, at index: Int32) {
        switch value {
        case .null: note(sqlite3_bind_null(pointer, index))
        case .integer(let value): bind(value, at: index)
        case .real(let value): note(sqlite3_bind_double(pointer, index, value))
        case .text(let value): bind(text: value, at: index)
        case .blob(let bytes): bind(blob: bytes[...], at: index)
        }
    }

    func bind(blob bytes: ArraySlice<UInt8>, at index: Int32) {
        bytes.withUnsafeBytes { buffer in
            // An empty blob has no address, and a null pointer would bind NULL.
            if let base = buffer.baseAddress, !buffer.isEmpty {
                bind(buffer.count) { csqlite_bind_blob(pointer, index, base, $0) }
            } else {
                note(sqlite3_bind_zeroblob(pointer, index, 0))
            }
        }
    }

    func bind(utf8 bytes: ArraySlice<UInt8>, at index: Int32) {
        bytes.withUnsafeBytes { buffer in
            if let base = buffer.baseAddress {
                bind(buffer.count) { csqlite_bind_text(pointer, index, base.assumingMemoryBound(to: CChar.self), $0) }
            } else {
                note(csqlite_bind_text(pointer, index, "", 0))
            }
        }
    }

    package func bind(text: String, at index: Int32) {
        var text = text
        text.withUTF8 { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                if let base = characters.baseAddress {
                    bind(characters.count) { csqlite_bind_text(pointer, index, base, $0) }
                } else {
                    note(csqlite_bind_text(pointer, index, "", 0))
                }
            }
        }
    }

    package func bind(_ value: Int64, at index: Int32) { note(sqlite3_bind_int64(pointer, index, value)) }

    func bind(_ value: Int64?, at index: Int32) {
        if let value { bind(value, at: index) } else { note(sqlite3_bind_null(pointer, index)) }
    }

    func bind(text: String?, at index: Int32) {
        if let text { bind(text: text, at: index) } else { note(sqlite3_bind_null(pointer, index)) }
    }

    /// Goes on to the next row: true if there is one, false at the end.
    package func step() throws -> Bool {
        if bindFailure != SQLITE_OK { throw error(bindFailure) }
        if let lender { return try lender.step() }
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw error(code)
        }
    }

    private func error(_ code: Int32) -> any Error {
        handle?.error(code, sql: sql)
            ?? SQLiteError(resultCode: code, message: String(cString: sqlite3_errstr(code)), sql: sql)
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }
    package func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

    package func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(pointer, column) else { return "" }
        let count = Int(sqlite3_column_bytes(pointer, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    /// A text that is mostly one that is at hand: then that is taken, and needs no memory of its own.
    func text(_ column: Int32, mostly known: String?) -> String {
        guard let known, let bytes = sqlite3_column_text(pointer, column) else { return text(column) }
        let count = Int(sqlite3_column_bytes(pointer, column))
        let isKnown = known.utf8.withContiguousStorageIfAvailable { known -> Bool in
            guard known.count == count, let start = known.baseAddress else { return false }
            return memcmp(start, bytes, count) == 0
        }
        return isKnown == true ? known : text(column)
    }

    package func value(_ column: Int32) -> SQLiteValue {
        switch sqlite3_column_type(pointer, column) {
        case SQLITE_INTEGER: return .integer(int64(column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, column))
        case SQLITE_TEXT: return .text(text(column))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(pointer, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(pointer, column))
            return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    /// The names of the columns, which are others when SQLite has prepared the statement anew after a change of the schema.
    private var columns: SQLiteColumns {
        let preparation = sqlite3_stmt_status(pointer, SQLITE_STMTSTATUS_REPREPARE, 0)
        if let knownColumns, knownColumns.preparation == preparation { return knownColumns.columns }
        let columns = SQLiteColumns(
            (0..<sqlite3_column_count(pointer)).map { String(cString: sqlite3_column_name(pointer, $0)) })
        knownColumns = (columns, preparation)
        return columns
    }

    /// The current row, copied.
    func row() -> SQLiteRow {
        let columns = columns
        return SQLiteRow(values: (0..<Int32(columns.names.count)).map(value), columns: columns)
    }
}
