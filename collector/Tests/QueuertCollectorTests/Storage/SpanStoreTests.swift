import Foundation
import QueuertSQLite
import Testing

@testable import QueuertCollector

@Suite("The store") struct SpanStoreTests {
    @Test("a span comes out as it went in")
    func roundTrip() async throws {
        try await withStore { store async throws in
            try await store.insert([Sample.full])
            #expect(try await store.spans(ofTrace: Sample.full.traceID) == [Sample.full])
        }
    }

    @Test("R11 another content under the same id is marked, and the first stays")
    func conflict() async throws {
        try await withStore { store async throws in
            #expect(try await store.insert([Sample.span(name: "first")]) == .init(added: 1))
            #expect(try await store.insert([Sample.span(name: "first")]) == .init(repeated: 1))
            #expect(try await store.insert([Sample.span(name: "second")]) == .init(conflicting: 1))
            let trace = try #require(try await store.trace(Sample.traceID(0)))
            #expect(trace.summary.rootName == "first")
            #expect(trace.summary.spanCount == 1)
            #expect(trace.conflictingSpanIDs == [Sample.spanID(0)])
        }
    }

    @Test("the summary is the same in whatever order and batches spans arrive")
    func anyOrder() async throws {
        var spans = [
            Sample.span(0, name: "root", service: "web", start: 100, length: 10),
            Sample.span(1, parent: 0, name: "early", service: "worker", start: 50, length: 10),
            Sample.span(2, parent: 1, name: "late", service: "worker", start: 200, length: 300),
        ]
        spans[2].status.code = 2
        let orders = [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]]
        for order in orders {
            try await withStore { store async throws in
                for index in order { try await store.insert([spans[index]]) }
                let summary = try #require(try await store.trace(Sample.traceID(0))).summary
                #expect(
                    summary
                        == TraceSummary(
                            traceID: Sample.traceID(0), rootName: "root", rootService: "web",
                            services: ["web", "worker"], startTime: 50, endTime: 500, spanCount: 3, errorCount: 1,
                            linkedTraceCount: 0))
            }
        }
    }

    @Test("a trace names the first hundred of its services, each once, in alphabetical order")
    func manyServices() async throws {
        try await withStore { store async throws in
            for start in [0, 75] {
                try await store.insert((start..<start + 75).map { Sample.span($0, service: "service \($0)") })
            }
            let services = try #require(try await store.trace(Sample.traceID(0))).summary.services
            #expect(services.count == 100)
            #expect(services == services.sorted())
            #expect(services.contains("service 74"))
            for number in 0..<2 { try await store.insert([Sample.span(trace: 1, number, service: "a\nb")]) }
            #expect(try await store.trace(Sample.traceID(1))?.summary.services == ["a b"])
        }
    }

    @Test("the name of a service is cut at a limit, where a character ends, and found by either form")
    func longService() async throws {
        try await withStore { store async throws in
            let stored = String(repeating: "a", count: 255)
            let name = stored + "ü" + String(repeating: "b", count: 100_000)
            try await store.insert([Sample.span(service: name)])
            let summary = try #require(try await store.trace(Sample.traceID(0))).summary
            #expect(summary.rootService == stored)
            #expect(summary.services == [stored])
            for text in [name, stored] {
                let found = try await store.traces(limit: 10, matching: TraceSearch("service:\(text)")).traces
                #expect(found.count == 1)
            }
            let column = try await store.read { try $0.query("SELECT service FROM span").first?.text("service") }
            #expect(column == stored)
            // The resource has all of it.
            #expect(try await store.spans(ofTrace: Sample.traceID(0)).first?.serviceName == name)
        }
    }

    @Test("pages hold each trace once, newest first")
    func pages() async throws {
        try await withStore { store async throws in
            try await store.insert((0..<25).map { Sample.span(trace: $0, start: UInt64($0 / 5) * 1_000 + 1) })
            var found: [TraceSummary] = []
            var cursor: TraceCursor?
            repeat {
                let page = try await store.traces(limit: 4, before: cursor)
                found += page.traces
                cursor = page.next
            } while cursor != nil
            #expect(Set(found.map(\.traceID)).count == 25)
            #expect(found.count == 25)
            #expect(found.map(\.startTime) == found.map(\.startTime).sorted(by: >))
        }
    }

    @Test("linked traces are found in both directions and through others, and links to nowhere do no harm")
    func linked() async throws {
        try await withStore { store async throws in
            var second = Sample.span(trace: 2)
            second.links = [Sample.link(trace: 1, 0, type: "chain"), Sample.link(trace: 2, 0, type: "creation")]
            var third = Sample.span(trace: 3)
            third.links = [Sample.link(trace: 2, 0, type: "chain"), Sample.link(trace: 99, 0, type: "blocker")]
            try await store.insert([Sample.span(trace: 1), second, third, Sample.span(trace: 4)])
            for start in 1...3 {
                let linked = try #require(try await store.linkedTraces(Sample.traceID(start)))
                #expect(linked.traces.first?.summary.traceID == Sample.traceID(start))
                #expect(Set(linked.traces.map(\.summary.traceID)) == Set((1...3).map(Sample.traceID)))
                #expect(!linked.isTruncated)
            }
            let list = try await store.traces(limit: 10).traces
            let counts = Dictionary(uniqueKeysWithValues: list.map { ($0.traceID, $0.linkedTraceCount) })
            #expect((1...4).map { counts[Sample.traceID($0)] } == [1, 2, 2, 0])
        }
    }

    @Test("linked traces are bounded, and say so")
    func bounded() async throws {
        try await withStore { store async throws in
            try await store.insert(
                (0..<80).map { number in
                    var span = Sample.span(trace: number)
                    span.links = [Sample.link(trace: number + 1, 0, type: "chain")]
                    return span
                })
            let linked = try #require(try await store.linkedTraces(Sample.traceID(0)))
            #expect(linked.traces.count == SpanStore.linkedTraceLimit)
            #expect(linked.isTruncated)
            try await store.removeAll()
            try await store.insert((0..<110).map { Sample.span($0) })
            let large = try #require(try await store.linkedTraces(Sample.traceID(0), spanLimit: 100))
            #expect(large.traces.map(\.documents.count) == [100])
            #expect(large.isTruncated)
        }
    }

    @Test("a chain is found across traces, under either attribute")
    func chain() async throws {
        try await withStore { store async throws in
            let one = [ReceivedAttribute("messaging.message.conversation_id", .string("c"))]
            let other = [ReceivedAttribute("queuert.chain.id", .string("c"))]
            try await store.insert([
                Sample.span(trace: 1, 0, start: 1, attributes: one), Sample.span(trace: 1, 1, parent: 0, start: 2),
                Sample.span(trace: 2, 0, start: 3, attributes: other), Sample.span(trace: 3, 0),
            ])
            let chain = try #require(try await store.chain("c"))
            #expect(chain.traceIDs == [Sample.traceID(1), Sample.traceID(2)])
            #expect(chain.documents.count == 2)
            #expect(try await store.traces(ofChain: "c").map(\.count) == [2, 1])
            #expect(try await store.chain("d") == nil)
        }
    }

    @Test("what was stored is there after the store was opened again")
    func reopened() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/deep/er/traces.sqlite"
            let first = try await SpanStore(path: path)
            try await first.insert([Sample.full])
            await first.close()
            let second = try await SpanStore(path: path)
            #expect(try await second.spans(ofTrace: Sample.full.traceID) == [Sample.full])
            await second.close()
        }
    }

    @Test("what a collector of an earlier version has stored is still found, beside what is new", arguments: [2, 3, 4])
    func earlierVersion(_ version: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/traces.sqlite"
            let first = try await SpanStore(path: path)
            for trace in 0..<3 { try await first.insert([Sample.span(trace: trace, name: "name \(trace)")]) }
            try await first.write { database in
                if version == 2 { try database.execute("ALTER TABLE term DROP COLUMN more") }
                if version <= 3 { try database.execute("ALTER TABLE segment DROP COLUMN last_trace") }
                try database.execute("DROP INDEX span_of_chains")
                try database.execute("PRAGMA user_version = \(version)")
            }
            await first.close()
            let second = try await SpanStore(path: path)
            try await second.insert([Sample.span(trace: 3, name: "name 3")])
            for trace in 0..<4 {
                let found = try await second.traces(limit: 10, matching: TraceSearch("\"name \(trace)\"")).traces
                #expect(found.map(\.traceID) == [Sample.traceID(trace)])
            }
            #expect(try await second.chains(limit: 10).isEmpty)
            await second.close()
        }
    }

    @Test("traces keep their numbers although a collector of an earlier version has counted none of them")
    func uncountedTraces() async throws {
        try await withStore { store async throws in
            for trace in 0..<2 { try await store.insert([Sample.span(trace: trace, name: "name \(trace)")]) }
            _ = try await store.write { try $0.execute("UPDATE segment SET last_trace = 1") }
            try await store.insert([Sample.span(trace: 2, name: "name 2")])
            for trace in 0..<3 {
                let found = try await store.traces(limit: 10, matching: TraceSearch("\"name \(trace)\"")).traces
                #expect(found.map(\.traceID) == [Sample.traceID(trace)])
                #expect(found.map(\.rootName) == ["name \(trace)"])
            }
        }
    }

    @Test(
        "a database that is upgraded is opened, whatever an earlier version has written as its version",
        arguments: [2, 3, 4])
    func versionTakenBack(_ version: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/traces.sqlite"
            let first = try await SpanStore(path: path)
            try await first.insert([Sample.full])
            _ = try await first.write { try $0.execute("PRAGMA user_version = \(version)") }
            // Who asks whether it can be written leaves the version as it is.
            try await first.checkWritable()
            let written = try await first.read { try $0.query("PRAGMA user_version").first?.int("user_version") }
            #expect(written == version)
            await first.close()
            let second = try await SpanStore(path: path)
            #expect(try await second.spans(ofTrace: Sample.full.traceID) == [Sample.full])
            await second.close()
        }
    }

    @Test("after an upgrade a trace isn't found by what one that was gone before was found by")
    func termsOfEarlierVersion() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/traces.sqlite"
            let first = try await SpanStore(path: path)
            // They share a row of the index, which stays for the first.
            try await first.insert((0..<3).map { Sample.span(trace: $0, attributes: [.init("color", .string("red"))]) })
            try await first.write { database in
                try database.execute("DELETE FROM span WHERE trace > 1")
                try database.execute("DELETE FROM trace WHERE id > 1")
                try database.execute("ALTER TABLE segment DROP COLUMN last_trace")
                try database.execute("PRAGMA user_version = 3")
            }
            await first.close()
            let second = try await SpanStore(path: path)
            try await second.insert([Sample.span(trace: 3)])
            let found = try await second.traces(limit: 10, matching: TraceSearch("color=red")).traces
            #expect(found.map(\.traceID) == [Sample.traceID(0)])
            await second.close()
        }
    }

    @Test("a database of a newer collector, a file that is none and a folder that can't be are refused by name")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.path + "/traces.sqlite"
            let store = try await SpanStore(path: path)
            _ = try await store.pool.write { try $0.execute("PRAGMA user_version = 99") }
            await store.close()
            #expect(await Self.code(path) == .newerSchema)
            let text = folder.path + "/text"
            try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: text))
            #expect(await Self.code(text) == .notADatabase)
            #expect(await Self.code(text + "/traces.sqlite") == .cannotOpen)
        }
    }

    @Test("the tables of another program are left alone, whatever version it gives them", arguments: [0, 1, 3, 5])
    func otherTables(_ version: Int) async throws {
        try await withTemporaryFolder { folder async throws in
            let path = folder.path + "/other.sqlite"
            let other = try await SQLitePool(path: path)
            try await other.write { database in
                try database.execute("CREATE TABLE trace (note TEXT)")
                try database.execute("INSERT INTO trace VALUES ('kept')")
                try database.execute("PRAGMA user_version = \(version)")
            }
            await other.close()
            #expect(await Self.code(path) == .otherTables)
            let again = try await SQLitePool(path: path)
            let note = try await again.read { try $0.query("SELECT note FROM trace").first?.text("note") }
            #expect(note == "kept")
            await again.close()
        }
    }

    private static func code(_ path: String) async -> StoreError.Code? {
        do { _ = try await SpanStore(path: path) } catch { return (error as? StoreError)?.code }
        return nil
    }
}
