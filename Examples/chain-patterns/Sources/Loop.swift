import Queuert
import QueuertSQLite

// A loop: a catalogue is imported page by page. Each page is a job, so a crash repeats one page and not all of them, and
// where the import stands is in the input of the next job.

enum ImportPage: EntryJobType {
    static let name = "import-page"
    struct Input: Codable, Sendable {
        var page = 1
        var importedBefore = 0
    }
    typealias Output = Int
    struct Next: Continuations { let next = To<ImportPage>() }
}

enum Import {
    static let processors: [Processor<SQLiteStateAdapter>] = [
        .staged(ImportPage.self) { job, attempt in
            let page = await Supplier.page(job.input.page)
            return try await attempt.complete { db in
                for name in page.products { try db.execute("INSERT INTO products (name) VALUES (?)", [name]) }
                let count = job.input.importedBefore + page.products.count
                if page.isLast { return .finish(count) }
                return .continueWith(\.next, input: .init(page: job.input.page + 1, importedBefore: count))
            }
        }
    ]
}

/// The supplier's service, which would be asked over the network.
enum Supplier {
    static func page(_ number: Int) async -> (products: [String], isLast: Bool) {
        (["lamp \(number)", "chair \(number)"], number == 3)
    }
}
