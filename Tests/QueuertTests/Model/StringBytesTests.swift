import Testing

@testable import Queuert

@Suite("Texts by their bytes") struct StringBytesTests {
    @Test("are in the order of their bytes, as in a database")
    func order() {
        // The last but one looks like the third.
        let texts = ["", "e", "e\u{301}", "e\u{301}a", "f", String(repeating: "f", count: 40), "\u{e9}", "\u{1f986}"]
        for (index, left) in texts.enumerated() {
            for (other, right) in texts.enumerated() {
                #expect(left.precedes(right) == (index < other))
                #expect(left.hasBytes(of: right) == (index == other))
            }
        }
    }
}
