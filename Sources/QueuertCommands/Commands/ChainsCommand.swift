#if CommandLine
internal import ArgumentParser
internal import Queuert

/// Lists chains.
struct ChainsCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "chains", abstract: "List chains.",
        discussion: "A chain does what its last job does. Filters that are given several times take what any takes.")

    @Option(name: .customLong("type"), help: ArgumentHelp("Only chains of this type.", valueName: "name"))
    var types: [String] = []

    @Option(
        name: [.customLong("status"), .customLong("state")],
        help: ArgumentHelp("Only chains whose last job does this at the moment.", valueName: "status"))
    var statuses: [StatusArgument] = []

    @Flag(help: "Only chains that no job waits or waited for.")
    var roots = false

    @OptionGroup var page: PageOptions
    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .read }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        let now = try await client.adapter.databaseTime()
        let found = try await client.chains(
            ChainQuery(
                typeNames: types.ifAny, statuses: statuses.ifAny, onlyRoots: roots,
                createdFrom: page.createdFrom?.moment(at: now), createdBefore: page.createdBefore?.moment(at: now),
                order: page.order, limit: page.limit, after: page.cursor))
        let status = try await JobStatuses(of: found.items.map(\.last), at: now, in: client.adapter)
        let json: JSONValue = [
            "chains": .array(found.items.map { JobJSON.chain($0, status, showsData: data.showData) }),
            "next": JSONValue(found.next?.rawValue),
        ]
        context.show(output, json, lines(found, status))
        return .success
    }

    private func lines(_ found: Page<ChainEnds>, _ status: JobStatuses) -> [String] {
        if found.items.isEmpty { return ["There are no such chains."] }
        var table = TextTable("CHAIN", "TYPE", "STATUS", "JOBS", "CREATED", "ENDED", "LAST JOB")
        for chain in found.items {
            table.add(
                chain.first.id.rawValue, chain.first.typeName, status[chain.last].rawValue,
                String(chain.last.chainIndex + 1), TimestampText.plain(chain.first.createdAt),
                chain.endedAt.map(TimestampText.plain) ?? "", chain.last.typeName)
        }
        let values = data.showData ? found.items.flatMap { DataLines.of($0.last, title: $0.first.id.rawValue) } : []
        return table.lines + values + found.next.lines
    }
}
#endif
