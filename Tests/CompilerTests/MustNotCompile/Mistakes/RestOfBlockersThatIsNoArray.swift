// expect: cannot convert value of type '(Chain<Authorize>, Chain<Validate>)' to expected argument type
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        let authorized = try await client.startJobChain(Authorize.self, input: "t", on: db)
        let valid = try await client.startJobChain(Validate.self, input: "d", on: db)
        _ = try await client.startJobChain(Publish.self, input: "x", blockers: (authorized, valid), on: db)
        _ = (authorized, valid)
    }
}
