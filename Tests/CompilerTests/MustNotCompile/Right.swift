// What is right, close to each of the mistakes.
import Queuert

let processors: [Processor<Adapter>] = [
    .atomic(ProvisionAccount.self) { job, db in
        .continueWith(\.welcome, input: .init(userID: job.input.userID, accountID: "a"))
    },
    .detached(SendWelcomeEmail.self) { job in
        .continueWith(\.sync, input: .init(userID: 1, accountID: job.input.accountID), schedule: .after(.seconds(1)))
    },
    .staged(SyncToCRM.self) { job, attempt in
        let id = try await attempt.prepare { db in "id" }
        return try await attempt.complete { db in .finish(Synced(crmID: id)) }
    },
    .atomic(Process.self) { job, db in
        let (authorized, isValid) = job.blockers
        return .finish("\(authorized + 1) \(!isValid)")
    },
    .atomic(Publish.self) { job, db in
        let (authorized, areValid) = job.blockers
        return .finish("\(authorized + 1) \(areValid.allSatisfy { $0 })")
    },
]
func start() async throws -> String {
    let chain = try await client.withTransaction { db in
        let authorized = try await client.startJobChain(Authorize.self, input: "t", on: db)
        let valid = try await client.startJobChain(Validate.self, input: "d", on: db)
        try await client.startJobChain(Process.self, input: "x", blockers: (authorized, valid), on: db)
        try await client.startJobChain(Publish.self, input: "x", blockers: (authorized, [valid, valid]), on: db)
        return try await client.startJobChain(ProvisionAccount.self, input: .init(userID: 1), on: db)
    }
    try await client.cleanUp(.completed, .cancelled, olderThan: .seconds(1))
    return try await client.awaitJobChain(chain).output.crmID
}
