import QueuertPostgres
import Testing

@Suite("Names in PostgreSQL") struct PostgresNamesTests {
    @Test("the longest names are taken")
    func longest() {
        let schema = String(repeating: "s", count: 63)
        let prefix = String(repeating: "p", count: 43)
        let tables = PostgresTables(schema: schema, prefix: prefix, idType: .uuid)
        #expect(tables.schema == schema && tables.prefix == prefix)
    }

    @Test("a schema or a prefix that is too long, or of other characters, stops the program")
    func invalidTables() async {
        await #expect(processExitsWith: .failure) {
            _ = PostgresTables(schema: String(repeating: "s", count: 64), prefix: "", idType: .uuid)
        }
        await #expect(processExitsWith: .failure) {
            _ = PostgresTables(schema: "public", prefix: String(repeating: "p", count: 44), idType: .uuid)
        }
        await #expect(processExitsWith: .failure) {
            _ = PostgresTables(schema: "public", prefix: "queuert\"", idType: .uuid)
        }
    }

    @Test("a channel without a name, or with one that is too long, stops the program")
    func invalidChannel() async {
        await #expect(processExitsWith: .failure) { _ = PostgresNotify(channel: "") }
        await #expect(processExitsWith: .failure) { _ = PostgresNotify(channel: String(repeating: "c", count: 64)) }
    }

    @Test("partitions of less than a day stop the program")
    func invalidPartitions() async {
        await #expect(processExitsWith: .failure) { _ = PostgresHistory.partitioned(days: 0) }
    }
}
