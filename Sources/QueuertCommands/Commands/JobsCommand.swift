#if CommandLine
internal import ArgumentParser
internal import Queuert

/// Lists jobs.
struct JobsCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List jobs.",
        discussion: "Filters that are given several times take what any of them takes: --status failed --status ready")

    @Option(name: .customLong("type"), help: ArgumentHelp("Only jobs of this type.", valueName: "name"))
    var types: [String] = []

    @Option(name: .customLong("chain-type"), help: ArgumentHelp("Only jobs of chains of this type.", valueName: "name"))
    var chainTypes: [String] = []

    @Option(
        name: [.customLong("status"), .customLong("state")],
        help: ArgumentHelp("Only jobs that do this at the moment.", valueName: "status"))
    var statuses: [StatusArgument] = []

    @Option(name: .customLong("chain"), help: ArgumentHelp("Only jobs of this chain.", valueName: "chain"))
    var chains: [String] = []

    @Option(help: ArgumentHelp("Only jobs that wait, or waited, for this chain.", valueName: "chain"))
    var waitingFor: String?

    @OptionGroup var page: PageOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .read }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        let now = try await client.adapter.databaseTime()
        let found = try await client.jobs(
            JobQuery(
                typeNames: types.ifAny, chainTypeNames: chainTypes.ifAny, statuses: statuses.ifAny,
                chainIDs: chains.ifAny?.map(JobID.init(rawValue:)),
                waitingForChain: waitingFor.map(JobID.init(rawValue:)),
                createdFrom: page.createdFrom?.moment(at: now), createdBefore: page.createdBefore?.moment(at: now),
                order: page.order, limit: page.limit, after: page.cursor))
        let status = try await JobStatuses(of: found.items, at: now, in: client.adapter)
        let json: JSONValue = [
            "jobs": .array(found.items.map { JobJSON.job($0, status, showsData: data.showData) }),
            "next": JSONValue(found.next?.rawValue),
        ]
        context.show(output, json, lines(found, status))
        return .success
    }

    private func lines(_ found: Page<JobRow>, _ status: JobStatuses) -> [String] {
        if found.items.isEmpty { return ["There are no such jobs."] }
        var table = TextTable("JOB", "TYPE", "STATUS", "ATTEMPTS", "CREATED", "DUE", "WORKER")
        for row in found.items {
            table.add(
                row.id.rawValue, row.typeName, status[row].rawValue, String(row.attempt),
                TimestampText.plain(row.createdAt), TimestampText.plain(row.scheduledAt),
                row.leasedBy ?? row.completedBy ?? "")
        }
        let values =
            data.showData
            ? found.items.flatMap { DataLines.of($0, title: $0.id.rawValue) } : []
        return table.lines + values + found.next.lines
    }
}
#endif
