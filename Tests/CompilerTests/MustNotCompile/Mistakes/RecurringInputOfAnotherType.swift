// expect: cannot convert value of type 'Int' to expected argument type 'Validate.Input'
import Queuert

func mistake() async throws {
    try await client.startRecurring("validate", Validate.self, input: 1, .every(.seconds(60)))
}
