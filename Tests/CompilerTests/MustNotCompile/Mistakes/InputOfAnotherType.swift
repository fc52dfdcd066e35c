// expect: to expected argument type 'ProvisionAccount.Input'
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        _ = try await client.startJobChain(
            ProvisionAccount.self, input: SyncToCRM.Input(userID: 1, accountID: "a"), on: db)
    }
}
