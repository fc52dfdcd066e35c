#if CommandLine
internal import ArgumentParser
internal import Queuert
internal import QueuertPostgres

/// Deletes chains that ended long ago.
struct CleanupCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup", abstract: "Delete chains that ended long ago, in batches.",
        discussion: """
            Chains that a job waits or waited for that has not ended are kept. Each batch is a transaction of its own, and \
            what was deleted stays deleted if a later one fails. A dry run deletes too, and takes it back at once; failed \
            chains in one transaction, for which others that write to a SQLite file wait. Where PostgreSQL keeps the history \
            in partitions, those are dropped as a whole if completed and cancelled chains of all types may go; a dry run counts \
            chain by chain.
            """)

    @Option(help: ArgumentHelp("How long ago they ended, at least: 30d, 12h.", valueName: "time"))
    var olderThan: DurationArgument

    @Option(
        name: [.customLong("state"), .customLong("status")],
        help: ArgumentHelp("How they ended: completed, cancelled or failed. (default: completed)", valueName: "status"))
    var statuses: [StatusArgument] = []

    @Option(name: .customLong("type"), help: ArgumentHelp("Only chains of this type.", valueName: "name"))
    var types: [String] = []

    @Option(help: ArgumentHelp("How many chains a batch looks at, up to 10000.", valueName: "number"))
    var batchSize = 500

    @Flag(help: "Only count what would be deleted.")
    var dryRun = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .write }

    func validate() throws {
        for status in statuses.map(\.status) where ![.completed, .cancelled, .failed].contains(status) {
            throw ValidationError(
                "A chain that is \(status.rawValue) has not ended. --state may be completed, cancelled or failed.")
        }
        guard 1...10_000 ~= batchSize else { throw ValidationError("--batch-size may be from 1 to 10000.") }
    }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        if let history = client.adapter as? PostgresStateAdapter, history.history.isPartitioned, dropsPartitions {
            let deleted = try await history.cleanUpHistory(olderThan: olderThan.duration, batchSize: batchSize)
            return show(deleted: deleted, kept: 0, batches: 1, in: context)
        }
        var request = CleanupRequest(
            statuses: statuses.ifAny ?? [.completed], olderThan: olderThan.duration,
            chainTypeNames: types.ifAny, limit: batchSize)
        var results: [CleanupResult] = []
        repeat {
            results += try await cleanUp(request, client.adapter)
            request.after = results.last?.next
        } while request.after != nil
        let (deleted, kept) = results.reduce((0, 0)) { ($0.0 + $1.deleted, $0.1 + $1.kept) }
        return show(deleted: deleted, kept: kept, batches: results.count, in: context)
    }

    /// Whether all may go that a partition holds.
    private var dropsPartitions: Bool {
        Set(statuses.map(\.status)) == [.completed, .cancelled] && types.isEmpty && !dryRun
    }

    private func show(deleted: Int, kept: Int, batches: Int, in context: CommandContext) -> CommandStatus {
        let json: JSONValue = [
            "dryRun": .bool(dryRun), "deleted": .integer(deleted), "kept": .integer(kept), "batches": .integer(batches),
        ]
        var lines = ["\(dryRun ? "would delete" : "deleted") \(deleted) chain\(deleted == 1 ? "" : "s")"]
        if kept > 0 { lines.append("kept \(kept), which jobs need that have not ended") }
        context.show(output, json, lines)
        return .success
    }

    /// Undoes a dry run.
    private struct TakenBack: Error { let results: [CleanupResult] }

    /// Deletes a batch; or tries all of them at once, where one that is taken back would tell on the next.
    private func cleanUp<Adapter: StateAdapter>(
        _ request: CleanupRequest, _ adapter: Adapter
    ) async throws -> [CleanupResult] {
        // Only chains that have failed need others though they are old. Else nobody waits for longer than for a batch.
        let takesAll = dryRun && request.statuses.contains(.failed)
        do {
            return try await adapter.withTransaction { db in
                var request = request
                var results: [CleanupResult] = []
                repeat {
                    let result = try adapter.operations(on: db).cleanUp(request)
                    results.append(result)
                    request.after = result.next
                } while takesAll && request.after != nil
                if dryRun { throw TakenBack(results: results) }
                return results
            }
        } catch let undone as TakenBack {
            return undone.results
        }
    }
}
#endif
