import Queuert
import QueuertSQLite

/// A service that keeps photos.
enum Photos {
    static func processors(printShop: PrintShop, maps: Maps) -> [Processor<SQLiteStateAdapter>] {
        [
            // Atomic: the handler is the body of one transaction. Its rows, the job's result and what follows are written
            // together, exactly once. Nothing else may happen in it, since nobody else writes until it returns.
            .atomic(LikePhoto.self) { job, db in
                let rows = try db.query(
                    "UPDATE photos SET likes = likes + 1 WHERE id = ? RETURNING likes", [job.input])
                return .finish(rows.first?.int("likes") ?? 0)
            },
            // Staged: two transactions, with as much time as it takes between them, while the lease is kept alive. The call
            // between them may happen twice, if the process dies there, so it gets a key by which it does no harm.
            .staged(PrintPhoto.self) { job, attempt in
                let photo = try await attempt.prepare { db in
                    try db.query("SELECT id FROM photos WHERE id = ?", [job.input]).first?.int("id") ?? 0
                }
                let receipt = await printShop.order(photo, key: job.id)
                return try await attempt.complete { db in
                    try db.execute("INSERT INTO prints (photo, receipt) VALUES (?, ?)", [photo, receipt])
                    return .finish(receipt)
                }
            },
            // Detached: no transaction of its own. The results of many jobs are written together, which makes it the fastest.
            .detached(FindColour.self) { job in .finish(job.input.reduce(0, +) / job.input.count) },
            // Batched: what is there, up to fifty jobs, is handled together. It never waits for a batch to be full.
            .detachedBatched(NamePlace.self, upTo: 50) { jobs in
                let names = await maps.names(of: jobs.map(\.input))
                return zip(jobs, names).map { job, name in job.decide(.finish(name)) }
            },
        ]
    }

    /// The service's own tables, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE TABLE photos (id INTEGER PRIMARY KEY, likes INTEGER NOT NULL DEFAULT 0);
                CREATE TABLE prints (photo INTEGER PRIMARY KEY, receipt TEXT NOT NULL);
                INSERT INTO photos (id) VALUES (1), (2);
                """)
        }
    }

    static func run(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        let likes = try await client.startJobChains((1...20).map { _ in NewChain(LikePhoto.self, input: 1) })
        let print = try await client.startJobChain(PrintPhoto.self, input: 2)
        let colours = try await client.startJobChains((1...100).map { NewChain(FindColour.self, input: [$0, 255]) })
        let places = try await client.startJobChains((1...100).map { NewChain(NamePlace.self, input: "place \($0)") })

        var mostLikes = 0
        for like in likes { mostLikes = max(mostLikes, try await client.awaitJobChain(like).output) }
        var brightest = 0
        for colour in colours { brightest = max(brightest, try await client.awaitJobChain(colour).output) }
        var names: Set<String> = []
        for place in places { names.insert(try await client.awaitJobChain(place).output) }
        return [
            "atomic: photo 1 has \(mostLikes) likes",
            "staged: \(try await client.awaitJobChain(print).output)",
            "detached: the brightest of \(colours.count) photos has \(brightest)",
            "batched: \(names.count) places have a name",
        ]
    }
}
