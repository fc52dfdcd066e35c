import Foundation
import Queuert
import QueuertPostgres

/// What is done with an order after its request was answered.
struct OrderProcessors: Sendable {
    let payments: PaymentClient
    /// Tells the customer; twice, if the process dies right after.
    let confirm: @Sendable (UUID) async throws -> Void

    var all: [Processor<PostgresStateAdapter>] {
        [
            // Atomic: the stock, the order and the next job are written in one transaction, or not at all.
            .atomic(ReserveStock.self) { job, db in
                guard try OrderTable.takeFromStock(job.input, on: db) else {
                    try OrderTable.setState(.soldOut, of: job.input, on: db)
                    return .finish(.soldOut)
                }
                try OrderTable.setState(.reserved, of: job.input, on: db)
                return .continueWith(\.charge, input: job.input)
            },
            // Staged: no transaction is open while the other service thinks about it.
            .staged(ChargePayment.self, backoff: Backoff(initial: .milliseconds(200), maximum: .seconds(60))) {
                [payments] job, attempt in
                let amount = try await attempt.prepare { db in try OrderTable.amount(of: job.input, on: db) }
                // The job's identifier makes a second call harmless, if this process dies before the answer is written.
                switch try await payments.charge(amount, key: job.id.rawValue) {
                case .paid(let receipt):
                    return try await attempt.complete { db in
                        try OrderTable.setState(.paid, of: job.input, on: db)
                        return .continueWith(\.confirm, input: .init(order: job.input, receipt: receipt))
                    }
                case .declined:
                    return try await attempt.complete { db in
                        try OrderTable.returnToStock(job.input, on: db)
                        try OrderTable.setState(.declined, of: job.input, on: db)
                        return .finish(.declined)
                    }
                case .refused(let status):
                    return try await attempt.complete { db in
                        try OrderTable.returnToStock(job.input, on: db)
                        try OrderTable.setState(.refused, of: job.input, on: db)
                        return .finish(.refused(status: status))
                    }
                }
            },
            // Detached: nothing of ours is written, and many results share a transaction.
            .detached(SendConfirmation.self) { [confirm] job in
                try await confirm(job.input.order)
                return .finish(.confirmed(receipt: job.input.receipt))
            },
        ]
    }
}
