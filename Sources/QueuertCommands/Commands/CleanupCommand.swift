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
            what was deleted stays deleted if a later one fails. A dry run deletes too, and takes it back at once. Where \
            PostgreSQL keeps the history in partitions, those are dropped as a whole if completed and cancelled chains of all \
            types may go.
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
        var (deleted, kept, batches) = (0, 0, 0)
        repeat {
            let result = try await cleanUp(request, client.adapter)
            deleted += result.deleted
            kept += result.kept
            batches += 1
            request.after = result.next
        } while request.after != nil
        return show(deleted: deleted, kept: kept, batches: batches, in: context)
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
    private struct TakenBack: Error { let result: CleanupResult }

    private func cleanUp<Adapter: StateAdapter>(
        _ request: CleanupRequest, _ adapter: Adapter
    ) async throws -> CleanupResult {
        do {
            return try await adapter.withTransaction { db in
                let result = try adapter.operations(on: db).cleanUp(request)
                if dryRun { throw TakenBack(result: result) }
                return result
            }
        } catch let undone as TakenBack {
            return undone.result
        }
    }
}
#endif
