// expect: missing argument for parameter #1 in call
import Queuert

func mistake() async throws { try await client.cleanUp(olderThan: .seconds(1)) }
