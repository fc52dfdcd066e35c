import CLibPQ
import Foundation
import QueuertPostgres

/// Bare loops over libpq, each on a connection and a thread of its own, with the state adapter's own tables and statements:
/// what the server can do without any of our code.
final class PostgresFloor {
    private let connection: OpaquePointer

    struct Failure: Error { let message: String }

    init(_ address: String) throws {
        guard let opened = PQconnectdb(address), PQstatus(opened) == CONNECTION_OK else {
            throw Failure(message: "can't connect to \(address)")
        }
        connection = opened
    }

    deinit { PQfinish(connection) }

    private func failure() -> Failure { Failure(message: String(cString: PQerrorMessage(connection))) }

    func run(_ sql: String) throws {
        let result = PQexec(connection, sql)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK else {
            throw failure()
        }
    }

    func prepare(_ name: String, _ sql: String, types: [UInt32]) throws {
        let result = PQprepare(connection, name, sql, Int32(types.count), types)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure() }
    }

    /// Runs a prepared statement, whose parameters are text, and hands out each row.
    func run(_ name: String, _ parameters: [String?], _ row: (OpaquePointer, Int32) -> Void = { _, _ in }) throws {
        let copies = parameters.map { $0.map { strdup($0) } }
        defer { for copy in copies { if let copy { free(copy) } } }
        let values = copies.map { $0.map { UnsafePointer<CChar>($0) } }
        guard
            let result = PQexecPrepared(
                connection, name, Int32(values.count), values.map { $0.flatMap { $0 } }, nil, nil, 0)
        else { throw failure() }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK else {
            throw failure()
        }
        for number in 0..<PQntuples(result) { row(result, number) }
    }

    func copy(_ sql: String, _ data: [UInt8]) throws {
        PQclear(PQexec(connection, sql))
        let isSent = data.withUnsafeBytes { bytes in
            PQputCopyData(connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard isSent == 1, PQputCopyEnd(connection, nil) == 1, let result = PQgetResult(connection) else {
            throw failure()
        }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw failure() }
        while let more = PQgetResult(connection) { PQclear(more) }
    }
}

/// What all loops have in common.
struct PostgresFloorQueue: Sendable {
    let address: String
    let statements: PostgresStatements

    private static let text: UInt32 = 25
    private static let uuid: UInt32 = 2950
    private static let time: UInt32 = 1184

    private func makeConnection() throws -> PostgresFloor {
        let floor = try PostgresFloor(address)
        try floor.prepare(
            "claim", statements.claim.claim.text,
            types: [Self.time, 1009, 1007, 23, Self.text, 20, 1009, 1009, 1185, 2951])
        try floor.prepare(
            "complete", statements.settle.complete.text, types: [Self.time, Self.text, 2951, 1016, 2951, 1009, 1009])
        let texts = [UInt32](repeating: Self.text, count: 4)
        try floor.prepare(
            "one", statements.start.one.text,
            types: [Self.time, Self.uuid, Self.text, Self.uuid, Self.text, 23, Self.text, 20, Self.time, 23] + texts)
        try floor.prepare(
            "many", statements.start.many.text,
            types: [Self.time, 2951, 1009, 2951, 1009, 1007, 1009, 1016, 1185, 1007, 1009, 1009, 1009, 1009])
        return floor
    }

    private func id(_ number: Int, of run: UInt16 = 0) -> String {
        func padded(_ digits: String, to count: Int) -> String {
            String(repeating: "0", count: count - digits.count) + digits
        }
        return "0190a0a0-\(padded(String(run, radix: 16), to: 4))-7000-8000-\(padded(String(number), to: 12))"
    }

    /// Tells the jobs of one run from those of others.
    private func makeRun() -> UInt16 { .random(in: 1 ... .max) }

    /// Runs a body on threads of their own, and returns how often a second what they count happened.
    private func rate(threads: Int, _ body: @escaping @Sendable (Int) throws -> Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        let total = try await withThrowingTaskGroup(of: Int.self) { group in
            for thread in 0..<threads {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        Thread { continuation.resume(with: Result { try body(thread) }) }.start()
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        return Double(total) / ((clock.now - start) / .seconds(1))
    }

    /// Jobs claimed some at a time, and completed each in a transaction of its own, perhaps with a text written there, or all in
    /// one.
    func processingRate(
        threads: Int, claiming limit: Int, together: Bool, writing insert: String? = nil
    ) async throws -> Double {
        try await rate(threads: threads) { thread in
            let floor = try makeConnection()
            if let insert { try floor.prepare("write", insert, types: [Self.text]) }
            var count = 0
            while true {
                var ids: [String] = []
                var tokens: [String] = []
                try floor.run(
                    "claim",
                    [
                        nil, "{nothing}", "{1}", "\(limit)", "worker", "30000000", "{}", "{}", "{-infinity}",
                        "{\(id(0))}",
                    ]
                ) {
                    if PQgetisnull($0, $1, 0) == 0 {
                        ids.append(String(cString: PQgetvalue($0, $1, 0)))
                        tokens.append(String(cString: PQgetvalue($0, $1, 13)))
                    }
                }
                if ids.isEmpty { return count }
                count += ids.count
                if together {
                    let all = "{\(ids.joined(separator: ","))}"
                    let outputs = "{\(ids.map { _ in "1" }.joined(separator: ","))}"
                    let contexts = "{\(ids.map { _ in "NULL" }.joined(separator: ","))}"
                    try floor.run(
                        "complete", [nil, "worker", all, "{\(tokens.joined(separator: ","))}", all, outputs, contexts])
                } else {
                    for (id, token) in zip(ids, tokens) {
                        try floor.run("BEGIN")
                        if insert != nil { try floor.run("write", ["a note"]) }
                        try floor.run(
                            "complete", [nil, "worker", "{\(id)}", "{\(token)}", "{\(id)}", "{1}", "{NULL}"])
                        try floor.run("COMMIT")
                    }
                }
            }
        }
    }

    private static let input =
        #"{"customer":4711,"address":"12 Long Street, Some Town, a country that is far away","#
        + #""items":["one thing","another thing","a third thing that has a long name"]}"#

    /// Jobs inserted one by one, each in a transaction of its own.
    func insertRate(_ count: Int) async throws -> Double {
        let run = makeRun()
        return try await rate(threads: 1) { _ in
            let floor = try makeConnection()
            for number in 0..<count {
                let id = id(number, of: run)
                try floor.run(
                    "one", [nil, id, "nothing", id, "nothing", "0", Self.input, "0", nil, "0", nil, nil, nil, nil])
            }
            return count
        }
    }

    /// Jobs inserted by 100.
    func insertRate(_ count: Int, atOnce size: Int) async throws -> Double {
        let run = makeRun()
        return try await rate(threads: 1) { _ in
            let floor = try makeConnection()
            func list(_ value: String) -> String {
                "{\(Array(repeating: value, count: size).joined(separator: ","))}"
            }
            let quoted = "\"" + Self.input.replacingOccurrences(of: "\"", with: "\\\"") + "\""
            for start in stride(from: 0, to: count, by: size) {
                let ids = "{\((start..<start + size).map { id($0, of: run) }.joined(separator: ","))}"
                try floor.run(
                    "many",
                    [
                        nil, ids, list("nothing"), ids, list("nothing"), list("0"), list(quoted), list("0"),
                        list("NULL"), list("0"), list("NULL"), list("NULL"), list("NULL"), list("NULL"),
                    ])
            }
            return count
        }
    }

    /// Jobs copied by 10,000, from rows that are there already.
    func copyRate(_ count: Int, atOnce size: Int) async throws -> Double {
        let run = UInt32.random(in: .min ... .max)
        let parts = stride(from: 0, to: count, by: size).map { start in
            PostgresFloorRows((start..<start + size).map { (run, UInt32($0)) }, input: Self.input).bytes
        }
        return try await rate(threads: 1) { _ in
            let floor = try makeConnection()
            for part in parts { try floor.copy(statements.start.copy.text, part) }
            return count
        }
    }
}
