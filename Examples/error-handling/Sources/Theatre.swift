import Queuert
import QueuertSQLite

/// A theatre that sells seats.
enum Theatre {
    /// Waits are short here, so that the example is; minutes are more usual.
    static let backoff = Backoff(initial: .milliseconds(10), maximum: .milliseconds(50))

    static func processors(bank: Bank, printer: TicketPrinter) -> [Processor<SQLiteStateAdapter>] {
        [
            .atomic(ReserveSeat.self) { job, db in
                let reserved = try db.execute(
                    "INSERT INTO seats (seat, state) VALUES (?, 'reserved') ON CONFLICT DO NOTHING", [job.input.seat])
                // To throw would be to try for ever what no attempt can do.
                guard reserved == 1 else { return .finish(.taken) }
                return .continueWith(\.charge, input: job.input)
            },
            // What is thrown makes the job be tried again: after the backoff, or when it asks for.
            .staged(ChargeCard.self, backoff: backoff) { job, attempt in
                let answer: Bank.Answer
                do {
                    // The key makes a second call harmless, if this process dies before the result is written.
                    answer = try await bank.charge(job.input.card, key: job.id)
                } catch let maintenance as Bank.Maintenance {
                    throw RescheduleJob(.after(maintenance.duration), reason: "the bank is in maintenance")
                }
                return try await attempt.complete { db in
                    switch answer {
                    case .paid: .continueWith(\.printTicket, input: job.input)
                    case .declined: .continueWith(\.releaseSeat, input: job.input)
                    }
                }
            },
            .atomic(ReleaseSeat.self) { job, db in
                try db.execute("DELETE FROM seats WHERE seat = ?", [job.input.seat])
                return .finish(.declined)
            },
            // After three attempts a person has to look.
            .atomic(PrintTicket.self, backoff: backoff, maximumAttempts: 3) { job, db in
                try db.execute("UPDATE seats SET state = 'sold' WHERE seat = ?", [job.input.seat])
                // Fails after the seat was marked as sold: that is undone, as the transaction is rolled back.
                try printer.print(seat: job.input.seat)
                return .finish(.sold(seat: job.input.seat))
            },
        ]
    }

    /// The theatre's own table, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript("CREATE TABLE seats (seat INTEGER PRIMARY KEY, state TEXT NOT NULL)")
        }
    }

    /// Sells tickets to people with all kinds of cards.
    static func run(_ client: Client<SQLiteStateAdapter>, printer: TicketPrinter) async throws -> [String] {
        var lines: [String] = []
        let orders = [
            (1, "good"), (2, "often unavailable"), (3, "in maintenance"), (4, "without money"), (1, "good"),
        ]
        for (seat, card) in orders {
            let chain = try await client.startJobChain(ReserveSeat.self, input: Order(seat: seat, card: card))
            let outcome = try await client.awaitJobChain(chain).output
            var line = "seat \(seat), card \(card): \(outcome)"
            for job in try await client.jobs(ofChain: chain.id) {
                for attempt in try await client.failedAttempts(ofJob: job.id) {
                    line +=
                        "\n    \(job.typeName), attempt \(attempt.attempt), \(attempt.outcome): \(attempt.error ?? "")"
                }
            }
            lines.append(line)
        }
        lines.append(contentsOf: try await runOutOfPaper(client, printer: printer))
        return lines
    }

    /// Lets a job use up its attempts, removes the cause, and has it tried again.
    private static func runOutOfPaper(
        _ client: Client<SQLiteStateAdapter>, printer: TicketPrinter
    ) async throws -> [String] {
        printer.takePaper()
        let chain = try await client.startJobChain(ReserveSeat.self, input: Order(seat: 5, card: "good"))
        do {
            _ = try await client.awaitJobChain(chain)
            return []
        } catch let failure as ChainFailedError {
            let attempts = try await client.failedAttempts(ofJob: failure.jobID)
            printer.addPaper()
            try await client.redriveJobs([failure.jobID])
            let outcome = try await client.awaitJobChain(chain).output
            return [
                "seat 5, no paper: \(failure.typeName) failed \(failure.attempts) times: \(attempts.last?.error ?? "")",
                "seat 5, paper again: \(outcome)",
            ]
        }
    }
}
