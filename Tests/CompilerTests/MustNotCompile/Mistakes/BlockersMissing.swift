// expect: 'NoBlockers' be equivalent
import Queuert

func mistake() async throws {
    try await client.withTransaction { db in
        _ = try await client.startJobChain(Process.self, input: "x", on: db)
    }
}
