import Foundation
import QueuertSQLite
import Synchronization
import Testing

@testable import QueuertCollector

extension ProcessTests {
    @Suite("A collector that is killed") struct KillTests {
        @Test("whatever was acknowledged is there after the restart, and the store is sound", arguments: [1, 7, 40])
        func killed(_ count: Int) async throws {
            try await withTemporaryFolder { folder async throws in
                let path = folder.path + "/traces.sqlite"
                let program = try Program(["--port", "0", "--database", path], in: folder)
                let client = HTTPClient(port: try await program.port())
                let process = program.process.processIdentifier
                let acknowledged = Acknowledged()
                await withTaskGroup { group in
                    for sender in 0..<4 {
                        group.addTask {
                            var number = sender
                            // Until the connection breaks, in the middle of whatever the collector does then.
                            while true {
                                let spans = (0..<20).map { Sample.span(trace: number, $0) }
                                let answer = try? await client.export(ProtobufPacker.pack(spans))
                                guard answer?.status == 200 else { return }
                                let isEnough = acknowledged.add(number) == count
                                if isEnough { kill(process, SIGKILL) }
                                number += 4
                            }
                        }
                    }
                }
                let end = try await program.end()
                #expect(end.code == SIGKILL)
                let store = try await SpanStore(path: path)
                let numbers = acknowledged.all
                #expect(numbers.count >= count)
                for number in numbers {
                    let trace = try #require(try await store.trace(Sample.traceID(number)))
                    #expect(trace.documents.count == 20)
                    #expect(trace.summary.spanCount == 20)
                }
                let check = try await store.read { try $0.query("PRAGMA integrity_check")[0].text("integrity_check") }
                #expect(check == "ok")
                await store.close()
            }
        }
    }
}

/// The requests that were answered with 200.
private final class Acknowledged: Sendable {
    private let numbers = Mutex<Set<Int>>([])

    var all: Set<Int> { numbers.withLock { $0 } }

    func add(_ number: Int) -> Int {
        numbers.withLock { numbers in
            numbers.insert(number)
            return numbers.count
        }
    }
}
