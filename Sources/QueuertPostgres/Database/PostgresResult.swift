internal import CLibPQ

/// What a statement came to: rows, whose values are read where libpq has put them.
///
/// Belongs to the connection's thread.
final class PostgresResult {
    private let pointer: OpaquePointer
    let rowCount: Int

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = Int(PQntuples(pointer))
    }

    deinit { PQclear(pointer) }

    /// How many rows the statement changed.
    var changes: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// What the server calls what it did, such as `INSERT 0 1` or `COMMIT`.
    var tag: String { String(cString: PQcmdStatus(pointer)) }

    var columnNames: [String] { (0..<PQnfields(pointer)).map { String(cString: PQfname(pointer, $0)) } }

    subscript(row: Int) -> Row { Row(result: self, number: Int32(row)) }

    var rows: some Sequence<Row> { (0..<rowCount).lazy.map { self[$0] } }

    var first: Row? { rowCount > 0 ? self[0] : nil }

    /// A row of a result in the binary format.
    struct Row {
        fileprivate let result: PostgresResult
        fileprivate let number: Int32

        func isNull(_ column: Int) -> Bool { PQgetisnull(result.pointer, number, Int32(column)) != 0 }

        /// The bytes of a value; empty for NULL.
        private func bytes(_ column: Int) -> UnsafeRawBufferPointer {
            let count = Int(PQgetlength(result.pointer, number, Int32(column)))
            return UnsafeRawBufferPointer(start: PQgetvalue(result.pointer, number, Int32(column)), count: count)
        }

        func int64(_ column: Int) -> Int64 {
            let bytes = bytes(column)
            precondition(bytes.count == 8, "Read a column as what it is in the query, and only if it isn't NULL.")
            return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        }

        func int32(_ column: Int) -> Int32 {
            let bytes = bytes(column)
            precondition(bytes.count == 4, "Read a column as what it is in the query, and only if it isn't NULL.")
            return Int32(bigEndian: bytes.loadUnaligned(as: Int32.self))
        }

        func bool(_ column: Int) -> Bool { bytes(column).first == 1 }
        func text(_ column: Int) -> String { PostgresText.decoded(bytes(column).assumingMemoryBound(to: UInt8.self)) }
        func binary(_ column: Int) -> [UInt8] { Array(bytes(column)) }
        func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

        /// The sixteen bytes of a UUID.
        func uuid(_ column: Int) -> UnsafeRawBufferPointer { bytes(column) }

        /// The value as the server wrote it, of a result in the text format.
        func plainText(_ column: Int) -> String? {
            isNull(column) ? nil : String(decoding: bytes(column), as: UTF8.self)
        }

        /// The elements of an array, each with its bytes; `nil` is NULL.
        func array<Element>(_ column: Int, _ element: (UnsafeBufferPointer<UInt8>?) -> Element) -> [Element] {
            let bytes = bytes(column)
            // The number of dimensions, a flag, the type, and for the one dimension its size and where it begins to count.
            guard bytes.count >= 20 else { return [] }
            func number(at place: Int) -> Int {
                precondition(place + 4 <= bytes.count, "An array has all the elements that it says it has.")
                return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Int32.self)))
            }
            var place = 20
            return (0..<number(at: 12)).map { _ in
                let length = number(at: place)
                place += 4
                if length < 0 { return element(nil) }
                precondition(place + length <= bytes.count, "An array has the whole of each element.")
                defer { place += length }
                return element(
                    UnsafeBufferPointer(rebasing: bytes.assumingMemoryBound(to: UInt8.self)[place..<place + length]))
            }
        }

        func optionalTexts(_ column: Int) -> [String?] { array(column) { $0.map(PostgresText.decoded) } }
    }
}

extension PostgresError.ServerMessage {
    /// Reads what the server says, and leaves out what may hold values.
    ///
    /// Messages about values that don't fit (class 22) and violated constraints (23) quote them, and what functions raise
    /// may, under any code: kept is what the server itself says, of classes whose messages tell of its state and of names.
    /// Hints and contexts are never kept, and details only of a key that is taken, apart from the error.
    init(_ result: OpaquePointer) {
        func field(_ read: (OpaquePointer) -> UnsafePointer<CChar>?) -> String? {
            read(result).map { String(cString: $0) }
        }
        sqlState = field { clibpq_sqlstate($0) } ?? ""
        severity = field { clibpq_severity($0) } ?? ""
        constraint = field { clibpq_constraint($0) }
        if sqlState == "23505", let detail = PQresultErrorField(result, Self.detailField) {
            takenKey = PostgresTakenKey(String(cString: detail))
        }
        let isRaised = field { clibpq_function($0) } == "exec_stmt_raise"
        if !isRaised, Self.classesOfNames.contains(sqlState.prefix(2)), let message = field({ clibpq_message($0) }) {
            details.append(message)
        }
        let names = [
            ("schema", field { clibpq_schema($0) }), ("table", field { clibpq_table($0) }),
            ("column", field { clibpq_column($0) }), ("constraint", constraint),
        ]
        for (kind, name) in names { if let name { details.append("\(kind) \(name)") } }
    }

    /// What libpq calls the detail of an error, in C a character.
    private static let detailField = Int32(UInt8(ascii: "D"))

    /// The classes of errors whose messages hold no values.
    private static let classesOfNames: Set<Substring> = [
        "08", "0A", "25", "26", "28", "2B", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX",
    ]
}
