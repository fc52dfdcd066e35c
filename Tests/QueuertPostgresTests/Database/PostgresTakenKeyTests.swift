import Testing

@testable import QueuertPostgres

@Suite("Keys of PostgreSQL that are taken") struct PostgresTakenKeyTests {
    @Test(
        "the value is found among those that it may be, whatever it holds, and in any language",
        arguments: [
            ("Key (id)=(b) already exists.", "b"), ("Schlüssel »(id)=(b)« existiert bereits.", "b"),
            ("Key (chain_id, chain_index)=(b, 0) already exists.", "b"), ("Key (id)=(b)=(a) already exists.", "b)=(a"),
            ("Key (id)=(b, a) already exists.", "b, a"), ("Key (id)=(\u{e9}) already exists.", "\u{e9}"),
            ("Key (id)=(e\u{301}) already exists.", "e\u{301}"), ("Key (id)=(c\u{1a}0) already exists.", "c\0"),
            ("Key (id)=(d) already exists.", nil), ("Key (id)=(bc) already exists.", nil), ("Key (id)=(", nil),
            ("b", nil), ("", nil),
        ] as [(String, String?)])
    func value(_ detail: String, _ expected: String?) {
        let known = ["a", "b", "b)=(a", "b, a", "e", "\u{e9}", "e\u{301}", "c\0"]
        let value = PostgresTakenKey(detail)?.value(among: known)
        // Texts of different bytes may be equal.
        #expect(value.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }
}
