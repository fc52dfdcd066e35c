import Queuert
import QueuertSQLite

extension Shop {
    static func run(_ client: Client<SQLiteStateAdapter>, clock: ManualClock) async throws -> [String] {
        var lines = try await runUrgentFirst(client)

        let worker = try Worker(client: client, processors: processors)
        async let working: Void = worker.run()
        lines += try await runLater(client, clock: clock)
        lines += try await runAtMostOnce(client, clock: clock)
        await worker.stop()
        await working
        return lines + (try await runEachDay(client, clock: clock))
    }

    /// A priority: of the orders that wait, the most urgent is sent first.
    private static func runUrgentFirst(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        let orders = try await client.startJobChains([
            NewChain(SendOrder.self, input: "a gift for next week", priority: .low),
            NewChain(SendOrder.self, input: "a book"),
            NewChain(SendOrder.self, input: "medicine", priority: .high),
        ])
        // One at a time, and started after the orders, so that the order is to be seen.
        let worker = try Worker(client: client, processors: processors, configuration: .init(concurrency: 1))
        async let working: Void = worker.run()
        for order in orders { _ = try await client.awaitJobChain(order) }
        await worker.stop()
        await working
        return ["by priority: \(try await takeEvents(client.adapter.pool))"]
    }

    /// Schedules: after some time, at a moment, and at once after all.
    private static func runLater(_ client: Client<SQLiteStateAdapter>, clock: ManualClock) async throws -> [String] {
        let noon = openingTime + .seconds(3 * 3_600)
        let cart = try await client.startJobChain(
            RemindOfCart.self, input: .init(customer: "Alice", leftAt: clock.now), schedule: .after(.seconds(3_600)))
        let lunch = try await client.startJobChain(SendOrder.self, input: "lunch", schedule: .at(noon))
        let tea = try await client.startJobChain(SendOrder.self, input: "tea", schedule: .at(noon))

        // Somebody can't wait for tea.
        try await client.triggerJobs([tea.id])
        _ = try await client.awaitJobChain(tea)
        var lines = ["at nine: \(try await takeEvents(client.adapter.pool))"]

        pass(.seconds(3 * 3_600), client, clock)
        lines.append("at noon: \(try await client.awaitJobChain(lunch).output)")
        pass(.seconds(3 * 86_400), client, clock)
        lines.append("three days later: \(try await client.awaitJobChain(cart).output)")
        return lines
    }

    /// Deduplication: a chain that goes on already does as well as a new one.
    private static func runAtMostOnce(
        _ client: Client<SQLiteStateAdapter>, clock: ManualClock
    ) async throws -> [String] {
        let once = Deduplication(key: "account 7")
        let first = try await client.startJobChain(
            SyncStock.self, input: 7, schedule: .after(.seconds(60)), deduplication: once)
        let second = try await client.startJobChain(SyncStock.self, input: 7, deduplication: once)
        var lines = ["asked twice, the same chain: \(first == second && second.isExisting)"]
        pass(.seconds(60), client, clock)
        lines.append("synced: \(try await client.awaitJobChain(first).output)")
        let third = try await client.startJobChain(SyncStock.self, input: 7, deduplication: once)
        lines.append("asked when it was over, another chain: \(third != first)")
        return lines
    }

    /// Lets time pass.
    ///
    /// Time that is moved by hand wakes nobody by itself.
    private static func pass(_ duration: Duration, _ client: Client<SQLiteStateAdapter>, _ clock: ManualClock) {
        clock.advance(by: duration)
        client.notify.send(WakeHint(dueTypes: [RemindOfCart.name, SendOrder.name, SyncStock.name]))
    }
}
