import Foundation
import QueuertPostgres
import Testing

@Suite("Values that are passed to PostgreSQL and read from it", .timeLimit(.minutes(20))) struct PostgresValueTests {
    @Test("a value is read as what it was passed as, with NULLs, and in arrays and arrays of arrays")
    func roundTrips() async throws {
        try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            func expectBack<Value: PostgresBindable & PostgresReadable & Equatable & Sendable>(
                _ value: Value, from type: String
            ) async throws {
                let back = try await pool.read { db in
                    try db.query("SELECT $1::\(type) AS value", [value])[0].value("value", as: Value.self)
                }
                #expect(back == value, "\(type)")
            }
            let decimal = try #require(Decimal(string: "-12.34"))
            let (first, second) = (UUID(), UUID())
            let date = Date(timeIntervalSince1970: 1_234_567_890.5)
            let texts = ["a,b", "\"", "\\", "{}", "", "NULL", "null", " ä "]

            try await expectBack(Int.max, from: "bigint")
            try await expectBack(Int64.min, from: "bigint")
            try await expectBack(Int32.min, from: "integer")
            try await expectBack(Int16.max, from: "smallint")
            try await expectBack(UInt8.max, from: "smallint")
            try await expectBack(Float(0.1), from: "real")
            try await expectBack(-Float.infinity, from: "real")
            try await expectBack(Double.greatestFiniteMagnitude, from: "double precision")
            try await expectBack(decimal, from: "numeric")
            try await expectBack("ä'\"\\{},NULL", from: "text")
            try await expectBack(false, from: "boolean")
            try await expectBack(first, from: "uuid")
            try await expectBack(date, from: "timestamptz")
            try await expectBack(Data([0, 1, 0x5c, 255]), from: "bytea")
            try await expectBack([0, 1, 0x5c, 255] as [UInt8], from: "bytea")
            try await expectBack([] as [UInt8], from: "bytea")

            try await expectBack(nil as Int?, from: "integer")
            try await expectBack(7 as Int?, from: "integer")
            try await expectBack(nil as [String]?, from: "text[]")

            try await expectBack([] as [Int], from: "integer[]")
            try await expectBack([1, 2, 3], from: "integer[]")
            try await expectBack([1, nil, 3] as [Int?], from: "integer[]")
            try await expectBack(texts, from: "text[]")
            try await expectBack(["NULL", nil, "a"] as [String?], from: "text[]")
            try await expectBack([true, false], from: "boolean[]")
            try await expectBack([0.1, -Double.infinity], from: "double precision[]")
            try await expectBack([decimal], from: "numeric[]")
            try await expectBack([first, second], from: "uuid[]")
            try await expectBack([date, date], from: "timestamptz[]")
            try await expectBack([Data([1, 2]), Data()], from: "bytea[]")
            try await expectBack([[1, 2], [0x5c], []] as [[UInt8]], from: "bytea[]")
            try await expectBack([[1, 2], [3, 4]], from: "integer[]")
            try await expectBack([[1, nil], [nil, 4]] as [[Int?]], from: "integer[]")
            try await expectBack([[[1], [2]], [[3], [4]]], from: "integer[]")
            try await expectBack([["a", "}{"], ["\"", ","]], from: "text[]")
            try await expectBack([["a"], ["b"]] as [[String]?], from: "text[]")

            let elements = try await pool.read { db in
                try db.query("SELECT '[0:1]={7,8}'::integer[] AS a")[0].array("a", as: Int.self)
            }
            #expect(elements == [7, 8])
        }
    }

    @Test("a column that is not what it is read as is an error, other than NULL, that never tells the value")
    func unexpectedValues() async throws {
        let row = try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await pool.read { db in
                try db.query(
                    """
                    SELECT 'secret-4711' AS text, NULL::integer AS nothing, ARRAY[1, NULL] AS numbers,
                        ARRAY['secret-4711'] AS texts, ARRAY[ARRAY['a']] AS nested, 4711 AS big, '4711abc' AS almost,
                        '{1' AS cut, '{"1' AS unquoted, '{{1}' AS unclosed, '{1}2' AS further
                    """)[0]
            }
        }
        func expectError<Value: PostgresReadable>(_ column: String, as type: Value.Type) {
            let error = #expect(throws: PostgresError.self) { _ = try row.value(column, as: type) }
            #expect(error?.code == .unexpectedValue, "\(column)")
            let texts = error.map { ["\($0)", String(reflecting: $0)] } ?? []
            #expect(texts.last?.contains("column \(column)") == true)
            for text in texts { #expect(!text.contains("4711"), "\(text)") }
        }
        expectError("text", as: Int.self)
        expectError("text", as: Int?.self)
        expectError("text", as: [String].self)
        expectError("text", as: Bool.self)
        expectError("text", as: UUID.self)
        expectError("text", as: Date.self)
        expectError("text", as: Data.self)
        expectError("nothing", as: Int.self)
        expectError("numbers", as: [Int].self)
        expectError("texts", as: [Int].self)
        expectError("texts", as: [[String]].self)
        expectError("nested", as: [String].self)
        expectError("big", as: UInt8.self)
        expectError("almost", as: Decimal.self)
        for column in ["cut", "unquoted", "unclosed", "further"] {
            expectError(column, as: [String].self)
            expectError(column, as: [[String]].self)
        }
        #expect(try row.value("nothing", as: Int?.self) == nil)
        #expect(try row.value("numbers", as: [Int?].self) == [1, nil])
        #expect(row.array("numbers", as: Int.self) == nil)
        #expect(row.int("text") == nil)
    }

    @Test("what can be encoded is passed as JSON and read from it, and an error never tells what it holds")
    func json() async throws {
        struct Order: Codable, Equatable, Sendable {
            var id: Int
            var tags: [String]
            var note: String?
        }
        let orders = [Order(id: 1, tags: ["a\"b", "ä"]), Order(id: 2, tags: [], note: "{}")]
        let row = try await TestDatabase.withPool(.init(maximumConnections: 1)) { pool in
            try await pool.read { db in
                try db.query(
                    """
                    SELECT $1::jsonb AS binary, $2::json AS text, $3::jsonb[] AS many, ($1::jsonb)->>'id' AS id,
                        NULL::jsonb AS nothing, 'null'::jsonb AS empty, '{"id": "secret-4711"}'::jsonb AS wrong
                    """,
                    [
                        PostgresJSON(orders[0]), PostgresJSON(orders[1]),
                        [PostgresJSON(orders[0]), PostgresJSON(orders[1])],
                    ])[0]
            }
        }
        #expect(try row.json("binary", as: Order.self) == orders[0])
        #expect(try row.json("text", as: Order.self) == orders[1])
        #expect(try row.value("id", as: Int.self) == 1)
        #expect(try row.value("many", as: [String].self).count == 2)
        for column in ["nothing", "empty"] { #expect(try row.json(column, as: Order?.self) == nil) }
        for column in ["nothing", "empty", "wrong"] {
            let error = #expect(throws: PostgresError.self) { _ = try row.json(column, as: Order.self) }
            #expect(error?.code == .unexpectedValue)
            #expect(error.map { String(reflecting: $0).contains("4711") } == false)
        }
        #expect(throws: EncodingError.self) { _ = try PostgresJSON(Double.infinity) }
    }
}
