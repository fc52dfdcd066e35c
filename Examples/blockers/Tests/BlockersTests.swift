import ExampleTesting
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import Blockers

@Suite("Blockers", .timeLimit(.minutes(2))) struct BlockersTests {
    @Test("yield what the README says, and the rows that belong to it")
    func outputsAndRows() async throws {
        try await withExampleQueue { queue in
            try await Agency.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, processors: Agency.processors(queue.client))
            let lines = try await queue.working(worker) { try await Agency.run(queue.client) }
            let told = try linesInReadme()
            #expect(lines == told)
            #expect(
                try await queue.rows("SELECT * FROM itineraries")
                    == ["Alice, the 9:40 to Lisbon, Grand Hotel Lisbon"])
        }
    }

    @Test("the trace of a trip shows each wait, and a link to each chain that was waited for")
    func tripTrace() async throws {
        try await withExampleQueue { queue in
            try await Agency.createTables(in: queue.pool)
            // Before a worker is there, so that both bookings are still to come.
            let trip = try await Trips.book(queue.client, customer: "Alice", city: "Lisbon")
            let worker = try Worker(client: queue.client, processors: Trips.processors)
            try await queue.working(worker) {
                _ = try await queue.client.awaitJobChain(trip)
                try await queue.recorder.expect {
                    for kind in ["flight", "hotel"] {
                        trace {
                            span("start book-\(kind)", .producer) {
                                span("process book-\(kind)", .consumer) { span("complete book-\(kind)", .client) }
                                    .named("booking the \(kind)")
                                span("chain book-\(kind)", .internal)
                            }.named(kind).unordered()
                        }
                    }
                    trace {
                        span("start plan-trip", .producer) {
                            for (index, kind) in ["flight", "hotel"].enumerated() {
                                span("await book-\(kind)", .internal)
                                    .attribute("queuert.blocker.index", .equal(to: .int(Int64(index))))
                                    .linked(to: kind, type: "blocker")
                                    .linked(to: "booking the \(kind)", type: "resolved_by").noOtherLinks()
                            }
                            span("process plan-trip", .consumer) { span("complete plan-trip", .client) }
                                .linked(to: "start", type: "creation").linked(to: "flight", type: "blocker")
                                .linked(to: "hotel", type: "blocker").noOtherLinks()
                            span("chain plan-trip", .internal, ["queuert.chain.jobs": 1])
                        }.named("start").unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("the branches' chains belong to the report's trace, and the job that waited links to them")
    func salesTrace() async throws {
        try await withExampleQueue { queue in
            try await Agency.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, processors: Sales.processors(queue.client))
            try await queue.working(worker) {
                let report = try await queue.client.startJobChain(ReportSales.self, input: ["Oslo", "Riga"])
                #expect(try await queue.client.awaitJobChain(report).output == 255_000)
                try await queue.recorder.expect {
                    trace {
                        span("start report-sales") {
                            span("process report-sales") {
                                span("complete report-sales")
                                span("start add-up-branch", .client, ["messaging.batch.message_count": 2])
                                    .linked(to: "branch 1", type: "creation").linked(to: "branch 2", type: "creation")
                                for branch in 1...2 {
                                    span("create add-up-branch", .producer) {
                                        span("process add-up-branch") { span("complete add-up-branch") }
                                            .named("adding up \(branch)")
                                        span("chain add-up-branch")
                                    }.named("branch \(branch)").unordered()
                                }
                            }.named("report").unordered()
                            span("continue add-up-sales") {
                                for branch in 1...2 {
                                    span("await add-up-branch").linked(to: "branch \(branch)", type: "blocker")
                                        .linked(to: "adding up \(branch)", type: "resolved_by")
                                }
                                span("process add-up-sales") { span("complete add-up-sales") }
                                    .linked(to: "branch 1", type: "blocker").linked(to: "branch 2", type: "blocker")
                            }.unordered().linked(to: "report", type: "origin")
                            span("chain report-sales", .internal, ["queuert.chain.jobs": 2])
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("a cancelled hotel cancels the trip, or is refused, or leaves the trip waiting")
    func policies() async throws {
        try await withExampleQueue { queue in
            let client = queue.client
            try await Agency.createTables(in: queue.pool)
            func trip() async throws -> (hotel: Chain<BookHotel>, trip: Chain<PlanTrip>) {
                let stay = Stay(customer: "Bob", city: "Porto")
                let flight = try await client.startJobChain(BookFlight.self, input: stay)
                let hotel = try await client.startJobChain(BookHotel.self, input: stay)
                return (hotel, try await client.startJobChain(PlanTrip.self, input: "Bob", blockers: (flight, hotel)))
            }
            let cancelled = try await trip()
            #expect(try await client.cancelJobChain(cancelled.hotel) == [cancelled.hotel.id, cancelled.trip.id])

            let refused = try await trip()
            await #expect(throws: ChainHasDependantsError.self) {
                try await client.cancelJobChain(refused.hotel, dependants: .refuse)
            }
            #expect(try await client.chain(refused.hotel.id)?.last.cancelledAt == nil)

            let left = try await trip()
            #expect(try await client.cancelJobChain(left.hotel, dependants: .leave) == [left.hotel.id])
            #expect(try await client.chain(left.trip.id)?.last.hasOpenBlockers == true)
        }
    }
}
