#if CommandLine
internal import ArgumentParser
internal import Queuert

/// Has failed jobs tried again.
struct RedriveCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "redrive", abstract: "Have failed jobs tried again, as if for the first time: all, or none.",
        discussion: "Of a chain, the job at which it failed is tried again. What the attempts failed with is kept.")

    @Argument(help: ArgumentHelp("The jobs, or the chains.", valueName: "job-or-chain"))
    var identifiers: [String]

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .write }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        let named = identifiers.map(JobID.init(rawValue:))
        let jobs = try await client.withTransaction { db in
            let operations = client.adapter.operations(on: db)
            var jobs: [JobRow] = []
            for id in named {
                let job = try Self.failedJob(id, operations)
                if !jobs.contains(where: { $0.id == job.id }) { jobs.append(job) }
            }
            try await client.redriveJobs(jobs.map(\.id), on: db)
            return jobs
        }
        let json = JSONValue.array(
            jobs.map { ["jobID": JSONValue($0.id), "chainID": JSONValue($0.chainID), "type": .string($0.typeName)] })
        context.show(
            output, ["redriven": json],
            jobs.map { "redriven \($0.id) (\($0.typeName)) of chain \($0.chainID)".printable })
        return .success
    }

    /// The job that was named, or at which the chain failed that was named: a chain has its first job's identifier.
    private static func failedJob(_ id: JobID, _ operations: some StateOperations) throws -> JobRow {
        guard let job = try operations.job(id) else { throw JobNotFoundError(jobID: id) }
        if job.failedAt == nil, let last = try operations.chainEnds(id)?.last, last.failedAt != nil { return last }
        return job
    }
}
#endif
