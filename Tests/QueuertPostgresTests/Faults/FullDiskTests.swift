import Foundation
import Queuert
import QueuertPostgres
import Testing

@Suite("A disk of the server that is full", .timeLimit(.minutes(20))) struct FullDiskTests {
    @Test("work fails with an error that says so, and goes on when there is room again; nothing is lost or doubled")
    func fullDisk() async throws {
        try await withSmallDisk { disk in
            try await TestDatabase.withPool(.init(maximumConnections: 6)) { pool in
                let space = "space_\(UUID().uuidString.prefix(8).lowercased())"
                try await pool.withConnection { db in
                    try db.execute("CREATE TABLESPACE \(space) LOCATION '\(disk)'")
                    try db.execute("CREATE DATABASE \(space) TABLESPACE \(space)")
                }
                let address = try TestDatabase.address().replacing("dbname=postgres", with: "dbname=\(space)")
                let result = await Result {
                    try await TestDatabase.withFurtherPool(.init(maximumConnections: 6), address: address, Self.fill)
                }
                try await pool.withConnection { db in
                    try db.execute("DROP DATABASE \(space) WITH (FORCE)")
                    try db.execute("DROP TABLESPACE \(space)")
                }
                try result.get()
            }
        }
    }

    @Sendable private static func fill(_ pool: PostgresPool) async throws {
        try await withFaultyQueue(pool) { client, table, throughput in
            var ids: [JobID] = []
            for number in 0..<200 { ids.append(try await startOnce(number, client)) }
            try await pool.write { db in _ = try db.execute("CREATE TABLE \(table.schema).filler (text text)") }
            // Large parts first, then single pages: until nothing fits any more.
            for size in [1_000_000, 100_000, 8_000] {
                while true {
                    do {
                        try await pool.write { db in
                            try db.execute("ALTER TABLE \(table.schema).filler ALTER text SET STORAGE EXTERNAL")
                            try db.execute("INSERT INTO \(table.schema).filler VALUES (repeat('x', \(size)))")
                        }
                    } catch let error as PostgresError {
                        #expect(error.code == .diskFull)
                        #expect(error.sqlState == "53100")
                        break
                    }
                }
            }
            let worker = try table.makeWorker(client, and: [throughput.processor])
            async let running: Void = worker.run()
            // What finds room in pages that are there still succeeds.
            var number = 200
            while true {
                do {
                    let chains = (number..<number + 50).map { NewChain(Store.self, input: $0) }
                    ids += try await client.startJobChains(chains).map(\.id)
                    number += 50
                } catch let error as PostgresError where error.code == .diskFull {
                    #expect("\(error)".contains("disk"))
                    break
                }
            }
            try await pool.write { db in _ = try db.execute("DROP TABLE \(table.schema).filler") }
            ids.append(try await startOnce(number, client))
            try await waitForEnds(of: ids, client, throughput.clock)
            try await throughput.expectRecovery(of: worker)
            await running
            #expect(try await table.stored() == Array(0...number))
        }
    }

    /// Runs a body with a folder of the server's, on a disk of 24 MB.
    private func withSmallDisk(_ body: @Sendable (String) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let disk = "\(folder)/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            do {
                try await runProgram("/bin/mount", ["-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", disk])
                try await runProgram("/bin/chown", ["postgres:", disk])
            } catch {
                Issue.record("A full disk can be tested as root only, where file systems may be mounted: \(error)")
                return
            }
            let result = await Result { try await body(disk) }
            try await runProgram("/bin/umount", ["-l", disk])
            try result.get()
        }
    }
}
