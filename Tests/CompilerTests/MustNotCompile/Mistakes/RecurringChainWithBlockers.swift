// expect: 'NoBlockers' be equivalent
import Queuert

func mistake() async throws {
    try await client.startRecurring("process", Process.self, input: "x", .every(.seconds(60)))
}
