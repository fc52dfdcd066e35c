// expect: to expected argument type 'NoBlockers.Chains'
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        let authorized = try await client.startJobChain(Authorize.self, input: "t", on: db)
        _ = try await client.startJobChain(Validate.self, input: "x", blockers: (authorized), on: db)
    }
}
