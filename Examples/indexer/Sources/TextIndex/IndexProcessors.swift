package import Queuert
package import QueuertSQLite
import Tracing

/// How the example's jobs are processed.
///
/// Spans that a handler makes nest under the attempt that runs it.
package struct IndexProcessors: Sendable {
    private let client: Client<SQLiteStateAdapter>

    /// Makes processors.
    ///
    /// - Parameter client: What the scan starts further chains with.
    package init(client: Client<SQLiteStateAdapter>) { self.client = client }

    /// All of them, for a worker.
    package var all: [Processor<SQLiteStateAdapter>] { [scanFolder, indexFile, tokenise, storeTerms, writeReport] }

    /// Staged: walking through the folder takes its time, in which nobody should wait for the database.
    ///
    /// The rows of the files, their chains and the report's are one transaction, so there are all of them or none.
    private var scanFolder: Processor<SQLiteStateAdapter> {
        .staged(ScanFolder.self) { [client] job, attempt in
            let input = job.input
            let scan = try await withSpan("walk through folder") { span in
                let scan = try await BlockingCall.run {
                    try FolderScan(of: input.folder, fileLimit: input.fileLimit)
                }
                span.attributes["indexer.files"] = scan.files.count
                span.attributes["indexer.skipped"] = scan.skipped.count
                return scan
            }
            return try await attempt.complete { db in
                for file in scan.skipped { try Documents.insertSkipped(file, on: db) }
                var chains: [Chain<IndexFile>] = []
                for (index, path) in scan.files.enumerated() {
                    let isToFail = index == 0 && input.failsFirstFile || input.failingFiles.contains(path)
                    let failures = isToFail ? 2 : 0
                    let document = try Documents.insertWaiting(path, failures: failures, on: db)
                    let chain = try await client.startJobChain(
                        IndexFile.self, input: .init(documentID: document, failures: failures), on: db)
                    try Documents.setChain(chain.id, of: document, on: db)
                    chains.append(chain)
                }
                let report = try await client.startJobChain(
                    WriteReport.self, input: .init(length: Index.reportLength), blockers: chains, on: db)
                try Run.setReport(report, on: db)
                return .finish(.init(reportChainID: report.id))
            }
        }
    }

    /// Staged: the file is read between two transactions.
    private var indexFile: Processor<SQLiteStateAdapter> {
        .staged(IndexFile.self) { job, attempt in
            let document = job.input.documentID
            let place = try await attempt.prepare { db in
                try withSpan("look up document") { _ in try Documents.path(of: document, on: db) }
            }
            let content = try await withSpan("read file") { span in
                span.attributes["file.path"] = place.file
                return try await BlockingCall.run { TextFile.content("\(place.folder)/\(place.file)") }
            }
            return try await attempt.complete { db in
                switch content {
                case .text(let text):
                    try Documents.storeText(text, of: document, on: db)
                    return .continueWith(\.tokenise, input: job.input)
                case .none(let reason):
                    try Documents.setSkipped(document, reason, on: db)
                    return .finish(.skipped(reason))
                }
            }
        }
    }

    /// Detached: it writes nothing but its result, which shares a transaction with other jobs' results.
    private var tokenise: Processor<SQLiteStateAdapter> {
        .detached(Tokenise.self) { [client] job in
            let document = job.input.documentID
            let (path, text) = try await client.adapter.withReadConnection { db in
                (try Documents.path(of: document, on: db).file, try Documents.text(of: document, on: db))
            }
            if job.attempt <= job.input.failures {
                throw TokenisingError(file: path, attempt: job.attempt, failures: job.input.failures)
            }
            let counts = withSpan("count terms") { span in
                let counts = Terms.count(in: text)
                span.attributes["indexer.terms"] = counts.count
                return counts
            }
            return .continueWith(\.storeTerms, input: .init(documentID: document, counts: counts))
        }
    }

    /// Atomic: the terms and the end of the chain are one transaction, so no file counts twice.
    private var storeTerms: Processor<SQLiteStateAdapter> {
        .atomic(StoreTerms.self) { job, db in
            try Documents.storeTerms(job.input.counts, of: job.input.documentID, on: db)
            return .finish(.indexed(distinctTerms: job.input.counts.count))
        }
    }

    /// Atomic: it reads and writes the same tables.
    private var writeReport: Processor<SQLiteStateAdapter> {
        .atomic(WriteReport.self) { job, db in
            .finish(try withSpan("rank terms") { _ in try Ranking.write(length: job.input.length, on: db) })
        }
    }
}
