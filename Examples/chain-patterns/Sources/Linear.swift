import Queuert
import QueuertSQLite

// Linear: create the account, open the trial, say welcome. `NeverEnds` says that the first two always go on, so that they
// can't end the chain by mistake.

enum CreateAccount: EntryJobType {
    static let name = "create-account"
    typealias Input = String
    typealias Output = String
    typealias Ending = NeverEnds
    struct Next: Continuations { let openTrial = To<OpenTrial>() }
}
enum OpenTrial: JobType {
    static let name = "open-trial"
    typealias Input = String
    typealias Output = String
    typealias Ending = NeverEnds
    struct Next: Continuations { let sayWelcome = To<SayWelcome>() }
}
enum SayWelcome: JobType {
    static let name = "say-welcome"
    typealias Input = String
    typealias Output = String
}

enum SignUp {
    /// Each step writes its row and names the next job, in one transaction.
    static let processors: [Processor<SQLiteStateAdapter>] = [
        .atomic(CreateAccount.self) { job, db in
            try db.execute("INSERT INTO accounts (name) VALUES (?)", [job.input])
            return .continueWith(\.openTrial, input: job.input)
        },
        .atomic(OpenTrial.self) { job, db in
            try db.execute("UPDATE accounts SET trial_days = 30 WHERE name = ?", [job.input])
            return .continueWith(\.sayWelcome, input: job.input)
        },
        .atomic(SayWelcome.self) { job, db in
            try db.execute("UPDATE accounts SET is_welcomed = 1 WHERE name = ?", [job.input])
            return .finish("\(job.input) has an account and a trial of 30 days")
        },
    ]
}
