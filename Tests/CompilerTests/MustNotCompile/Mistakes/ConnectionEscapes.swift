// expect: mutation of captured var 'leaked'
import Queuert

func mistake() async throws {
    var leaked: MemoryConnection?
    try await client.withTransaction { db in leaked = db }
    _ = leaked
}
