// expect: cannot convert value of type 'Chain<Authorize>' to expected argument type 'Blocked<Authorize, Validate>.Chains'
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        let authorized = try await client.startJobChain(Authorize.self, input: "t", on: db)
        _ = try await client.startJobChain(Process.self, input: "x", blockers: (authorized), on: db)
    }
}
