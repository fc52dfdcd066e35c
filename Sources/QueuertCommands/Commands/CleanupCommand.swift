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
            what was deleted stays deleted if a later one fails. A dry run deletes too, and takes it back at once. If failed \
            chains of an earlier batch may be all that needs one that was kept, it tries all batches again in one transaction, \
            for which others wait: on SQLite who writes, on PostgreSQL who changes these chains. Where PostgreSQL keeps the \
            history in partitions, those are dropped as a whole if completed and cancelled chains of all types may go \
            (--state completed --state cancelled); else chains are deleted one by one, and partitions stay. A dry run counts \
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
        let partitioned = (client.adapter as? PostgresStateAdapter).flatMap { $0.history.isPartitioned ? $0 : nil }
        if let partitioned, dropsPartitions {
            // How many a partition keeps back is not told, nor are batches counted.
            let deleted = try await partitioned.cleanUpHistory(olderThan: olderThan.duration, batchSize: batchSize)
            return show(deleted: deleted, in: context)
        }
        var request = CleanupRequest(
            statuses: statuses.ifAny ?? [.completed], olderThan: olderThan.duration,
            chainTypeNames: types.ifAny, limit: batchSize)
        var results: [CleanupResult] = []
        repeat {
            results += try await cleanUp(request, client.adapter)
            request.after = results.last?.next
        } while request.after != nil
        // Only chains that have failed need others though they are old.
        if dryRun, request.statuses.contains(.failed), results.dropFirst().contains(where: { $0.kept > 0 }) {
            results = try await cleanUp(request, client.adapter, takesAll: true)
        }
        let (deleted, kept) = results.reduce((0, 0)) { ($0.0 + $1.deleted, $0.1 + $1.kept) }
        return show(
            deleted: deleted, kept: kept, batches: results.count, leavesPartitions: partitioned != nil && !dryRun,
            in: context)
    }

    /// Whether all may go that a partition holds.
    private var dropsPartitions: Bool {
        Set(statuses.map(\.status)) == [.completed, .cancelled] && types.isEmpty && !dryRun
    }

    private func show(
        deleted: Int, kept: Int? = nil, batches: Int? = nil, leavesPartitions: Bool = false, in context: CommandContext
    ) -> CommandStatus {
        let json: JSONValue = [
            "dryRun": .bool(dryRun), "deleted": .integer(deleted), "kept": JSONValue(kept),
            "batches": JSONValue(batches),
        ]
        var lines = ["\(dryRun ? "would delete" : "deleted") \(deleted) chain\(deleted == 1 ? "" : "s")"]
        if let kept, kept > 0 { lines.append("kept \(kept), which jobs need that have not ended") }
        if leavesPartitions {
            lines.append(
                "all partitions stay: --state completed --state cancelled, without --type, drops those that are over")
        }
        context.show(output, json, lines)
        return .success
    }

    /// Undoes a dry run.
    private struct TakenBack: Error { let results: [CleanupResult] }

    /// Deletes a batch, so that nobody waits for longer; or tries all of them at once, where one that is taken back would tell
    /// on the next.
    private func cleanUp<Adapter: StateAdapter>(
        _ request: CleanupRequest, _ adapter: Adapter, takesAll: Bool = false
    ) async throws -> [CleanupResult] {
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
