import Queuert
import QueuertSQLite

// A go-to: an article is written and reviewed, and goes back to the writer until it is long enough. `Review` names two
// jobs that may follow, and one of them is the job before it.

enum WriteDraft: EntryJobType {
    static let name = "write-draft"
    struct Input: Codable, Sendable {
        var title: String
        var notes: String
        var draft = 1
    }
    typealias Output = Int
    typealias Ending = NeverEnds
    struct Next: Continuations { let review = To<Review>() }
}
enum Review: JobType {
    static let name = "review"
    struct Input: Codable, Sendable {
        var title: String
        var text: String
        var draft: Int
    }
    typealias Output = Int
    typealias Ending = NeverEnds
    struct Next: Continuations {
        let rewrite = To<WriteDraft>()
        let publish = To<Publish>()
    }
}
enum Publish: JobType {
    static let name = "publish"
    typealias Input = Review.Input
    typealias Output = Int
}

enum Article {
    static let processors: [Processor<SQLiteStateAdapter>] = [
        .detached(WriteDraft.self) { job in
            let text = Array(repeating: job.input.notes, count: job.input.draft).joined(separator: ", ")
            return .continueWith(
                \.review, input: .init(title: job.input.title, text: text, draft: job.input.draft))
        },
        .detached(Review.self) { job in
            let input = job.input
            // Whoever goes back counts, so that nothing goes round for ever.
            if input.text.count < 30 && input.draft < 5 {
                return .continueWith(
                    \.rewrite, input: .init(title: input.title, notes: input.text, draft: input.draft + 1))
            }
            return .continueWith(\.publish, input: input)
        },
        .atomic(Publish.self) { job, db in
            try db.execute("INSERT INTO articles (title, text) VALUES (?, ?)", [job.input.title, job.input.text])
            return .finish(job.input.draft)
        },
    ]
}
