import ExampleTesting
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import ErrorHandling

@Suite("Error handling", .timeLimit(.minutes(2))) struct ErrorHandlingTests {
    @Test("ends as the README says, with the rows that belong to it, and each card is charged once")
    func outcomesAndRows() async throws {
        try await withExampleQueue { queue in
            try await Theatre.createTables(in: queue.pool)
            let bank = Bank()
            let printer = TicketPrinter()
            let worker = try Worker(
                client: queue.client, processors: Theatre.processors(bank: bank, printer: printer))
            let lines = try await queue.working(worker) {
                try await Theatre.run(queue.client, printer: printer)
            }
            let told = try linesInReadme()
            #expect(lines.joined(separator: "\n") == told.joined(separator: "\n"))
            #expect(
                try await queue.rows("SELECT * FROM seats ORDER BY seat")
                    == ["1, sold", "2, sold", "3, sold", "5, sold"])
            #expect(await bank.payments.count == 4)
        }
    }

    @Test("a bank that is unavailable shows in the trace as failed attempts, each linked to the one before")
    func retriesTrace() async throws {
        try await withExampleQueue { queue in
            try await Theatre.createTables(in: queue.pool)
            let worker = try Worker(
                client: queue.client, processors: Theatre.processors(bank: Bank(), printer: TicketPrinter()))
            try await queue.working(worker) {
                let order = Order(seat: 2, card: "often unavailable")
                let chain = try await queue.client.startJobChain(ReserveSeat.self, input: order)
                _ = try await queue.client.awaitJobChain(chain)
                try await queue.recorder.expect {
                    trace {
                        span("start reserve-seat") {
                            span("process reserve-seat") { span("complete reserve-seat") }.named("reservation")
                            span("continue charge-card") {
                                for attempt in 1...2 {
                                    span("process charge-card", .consumer)
                                        .attribute("queuert.job.attempt", .equal(to: .int(Int64(attempt))))
                                        .attribute("queuert.attempt.result", "failed")
                                        .attribute("error.type", .any).status(.error).named("attempt \(attempt)")
                                }
                                span("process charge-card", .consumer, ["queuert.job.attempt": 3]) {
                                    span("complete charge-card", .client)
                                }.named("payment").linked(to: "attempt 2", type: "retry_of").status(.unset)
                            }.unordered().linked(to: "reservation", type: "origin")
                            span("continue print-ticket") {
                                span("process print-ticket") { span("complete print-ticket") }.named("ticket")
                            }.linked(to: "payment", type: "origin")
                            span("chain reserve-seat", .internal, ["queuert.chain.jobs": 3])
                                .linked(to: "ticket", type: "completed_by")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("a declined card shows in the trace as a chain that ends well, by giving the seat back")
    func compensationTrace() async throws {
        try await withExampleQueue { queue in
            try await Theatre.createTables(in: queue.pool)
            let worker = try Worker(
                client: queue.client, processors: Theatre.processors(bank: Bank(), printer: TicketPrinter()))
            try await queue.working(worker) {
                let order = Order(seat: 4, card: "without money")
                let chain = try await queue.client.startJobChain(ReserveSeat.self, input: order)
                #expect(try await queue.client.awaitJobChain(chain).output == .declined)
                #expect(try await queue.rows("SELECT * FROM seats").isEmpty)
                try await queue.recorder.expect {
                    trace {
                        span("start reserve-seat") {
                            span("process reserve-seat") { span("complete reserve-seat") }.status(.unset)
                            span("continue charge-card") {
                                span("process charge-card") { span("complete charge-card") }.status(.unset)
                            }
                            span("continue release-seat") {
                                span("process release-seat") { span("complete release-seat") }.named("release")
                            }
                            span("chain reserve-seat").status(.unset).linked(to: "release", type: "completed_by")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("a job that is given up and tried again by hand shows each attempt in the trace")
    func redriveTrace() async throws {
        try await withExampleQueue { queue in
            try await Theatre.createTables(in: queue.pool)
            let printer = TicketPrinter()
            printer.takePaper()
            let worker = try Worker(
                client: queue.client, processors: Theatre.processors(bank: Bank(), printer: printer))
            try await queue.working(worker) {
                let chain = try await queue.client.startJobChain(ReserveSeat.self, input: Order(seat: 5, card: "good"))
                let failure = await #expect(throws: ChainFailedError.self) {
                    try await queue.client.awaitJobChain(chain)
                }
                // What the attempts did to the seat was undone each time.
                #expect(try await queue.rows("SELECT * FROM seats") == ["5, reserved"])
                printer.addPaper()
                try await queue.client.redriveJobs([try #require(failure).jobID])
                #expect(try await queue.client.awaitJobChain(chain).output == .sold(seat: 5))
                try await queue.recorder.expect {
                    trace {
                        span("start reserve-seat") {
                            span("process reserve-seat") { span("complete reserve-seat") }
                            span("continue charge-card") {
                                span("process charge-card") { span("complete charge-card") }
                            }
                            span("continue print-ticket") {
                                for _ in 1...3 { span("process print-ticket").status(.error).containing() }
                                span("process print-ticket") { span("complete print-ticket") }
                                    .status(.unset).named("last")
                            }.unordered()
                            span("chain reserve-seat").linked(to: "last", type: "completed_by")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
