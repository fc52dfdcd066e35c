package import Queuert
package import QueuertSQLite

/// An index of a folder's text files that is made by jobs, beside the queue in one database.
package struct Index: Sendable {
    /// How many terms the report lists.
    package static let reportLength = 50

    /// How far the index is.
    package enum Progress: Sendable {
        /// This call has begun it.
        case started(Chain<ScanFolder>)
        /// An earlier process has begun it, and it is to be continued.
        case interrupted(Chain<ScanFolder>)
        /// It is finished.
        case finished(Result)
    }

    /// What is in a finished index.
    package struct Result: Sendable {
        package let summary: IndexSummary
        package let ranking: [RankedTerm]
        package let reportChain: JobID
        /// The files that were made to fail, and their chains.
        package let failedFiles: [(path: String, chain: JobID)]
    }

    private let client: Client<SQLiteStateAdapter>

    /// Makes an index, or opens the one that the database holds.
    ///
    /// - Parameter client: A client on a database with the queue's tables and ``IndexTables``.
    package init(client: Client<SQLiteStateAdapter>) { self.client = client }

    /// Starts the scan, unless the database says that this has happened.
    ///
    /// Looking and starting are one transaction: of two processes one starts it.
    ///
    /// - Parameter input: What to scan.
    /// - Returns: How far the index is.
    /// - Throws: ``OtherFolderError`` if the database holds another folder's index, or an error of the database.
    package func open(_ input: ScanFolder.Input) async throws -> Progress {
        let (run, isNew) = try await client.withTransaction { [client] db in
            if let run = try Run.read(on: db) { return (run, false) }
            let scan = try await client.startJobChain(ScanFolder.self, input: input, on: db)
            try Run.begin(scan, folder: input.folder, on: db)
            return (Run(folder: input.folder, scan: scan, report: nil), true)
        }
        guard run.folder == input.folder else { throw OtherFolderError(folder: run.folder) }
        if let report = run.report, let summary = try await summary(report) {
            return .finished(try await result(report.id, summary))
        }
        return isNew ? .started(run.scan) : .interrupted(run.scan)
    }

    /// Waits until the report is written, by this process's worker or another's.
    ///
    /// - Parameter scan: The chain that ``open(_:)`` returned.
    /// - Returns: What is in the index.
    /// - Throws: `CancellationError`, or an error of the database.
    package func result(of scan: Chain<ScanFolder>) async throws -> Result {
        let report = Chain<WriteReport>(id: try await client.awaitJobChain(scan).output.reportChainID)
        return try await result(report.id, try await client.awaitJobChain(report).output)
    }

    private func summary(_ report: Chain<WriteReport>) async throws -> IndexSummary? {
        do {
            return try await client.awaitJobChain(report, timeout: .zero).output
        } catch is ChainTimeoutError {
            return nil
        }
    }

    private func result(_ report: JobID, _ summary: IndexSummary) async throws -> Result {
        try await client.adapter.withReadConnection { db in
            let failed = try db.query("SELECT path, chain_id FROM documents WHERE failures > 0 ORDER BY id")
            return Result(
                summary: summary, ranking: try Ranking.read(on: db), reportChain: report,
                failedFiles: failed.map { ($0.text("path") ?? "", JobID(rawValue: $0.text("chain_id") ?? "")) })
        }
    }
}

/// A database that holds the index of another folder.
package struct OtherFolderError: Error, Sendable, CustomStringConvertible {
    /// The folder whose index the database holds.
    package let folder: String

    /// What was wrong and what to do.
    package var description: String {
        "The database holds the index of \(folder). Choose another file with --database, or delete this one."
    }
}
