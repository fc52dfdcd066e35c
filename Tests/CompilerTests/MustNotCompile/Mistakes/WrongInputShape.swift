// expect: cannot convert value of type 'String' to expected argument type 'Int'
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        _ = try await client.startJobChain(ProvisionAccount.self, input: .init(userID: "1"), on: db)
    }
}
