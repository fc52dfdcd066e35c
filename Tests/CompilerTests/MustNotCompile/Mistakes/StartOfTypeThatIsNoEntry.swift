// expect: requires that 'SyncToCRM' conform to 'EntryJobType'
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        _ = try await client.startJobChain(SyncToCRM.self, input: .init(userID: 1, accountID: "a"), on: db)
    }
}
