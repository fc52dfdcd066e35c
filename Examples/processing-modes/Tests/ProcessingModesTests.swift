import ExampleTesting
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import ProcessingModes

@Suite("Processing modes", .timeLimit(.minutes(2))) struct ProcessingModesTests {
    @Test("yield what the README says, and the rows that belong to it")
    func outputsAndRows() async throws {
        try await withExampleQueue { queue in
            try await Photos.createTables(in: queue.pool)
            let worker = try Worker(
                client: queue.client, processors: Photos.processors(printShop: PrintShop(), maps: Maps()))
            let lines = try await queue.working(worker) { try await Photos.run(queue.client) }
            let told = try linesInReadme()
            #expect(lines == told)
            #expect(try await queue.rows("SELECT * FROM photos") == ["1, 20", "2, 0"])
            #expect(try await queue.rows("SELECT * FROM prints") == ["2, receipt 1 for photo 2"])
        }
    }

    @Test("staged: a print that is ordered a second time, as its result could not be written, is paid for once")
    func stagedTwice() async throws {
        try await withExampleQueue { queue in
            try await Photos.createTables(in: queue.pool)
            // The result can't be written as long as this row is there.
            try await queue.execute("INSERT INTO prints VALUES (2, 'in the way')")
            let worker = try Worker(
                client: queue.client, processors: Photos.processors(printShop: PrintShop(), maps: Maps()),
                configuration: .init(backoff: Backoff(initial: .milliseconds(1))))
            try await queue.working(worker) {
                let chain = try await queue.client.startJobChain(PrintPhoto.self, input: 2)
                try await queue.recorder.expect {
                    trace {
                        span("start print-photo") {
                            span("process print-photo") {
                                span("prepare print-photo", .internal).status(.unset)
                                span("complete print-photo", .client).status(.error)
                            }.status(.error)
                        }.containing()
                    }
                }
                try await queue.execute("DELETE FROM prints")
                #expect(try await queue.client.awaitJobChain(chain).output == "receipt 1 for photo 2")
                #expect(try await queue.rows("SELECT attempt > 1 FROM queuert_job") == ["1"])
            }
        }
    }

    @Test("batched: one call serves as many jobs as there are, up to fifty")
    func batches() async throws {
        try await withExampleQueue { queue in
            let maps = Maps()
            let chains = try await queue.client.startJobChains(
                (1...100).map { NewChain(NamePlace.self, input: "place \($0)") })
            let worker = try Worker(
                client: queue.client, processors: Photos.processors(printShop: PrintShop(), maps: maps))
            try await queue.working(worker) {
                #expect(try await queue.client.awaitJobChain(chains[99]).output == "Place 100")
                for chain in chains { _ = try await queue.client.awaitJobChain(chain) }
            }
            #expect(await maps.calls == 2)
        }
    }
}
