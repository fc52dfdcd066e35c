import Testing

@testable import QueuertOTel

@Suite("Tracestate") struct TracestateTests {
    @Test(
        "T03 a valid header is passed on without spaces around entries and without empty ones",
        arguments: [
            ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            ("a=1 ,\tb=2\t, ,c=3", "a=1,b=2,c=3"), ("0tenant@system=x", "0tenant@system=x"),
            ("a_-*/@0=!~ x", "a_-*/@0=!~ x"), ("", ""), (",", ""),
        ])
    func valid(header: String, expected: String) {
        #expect(Tracestate(header)?.header == expected)
    }

    @Test(
        "T03 a header that breaks a rule is dropped as a whole",
        arguments: [
            "a", "=1", "a=", "a=1=2", "A=1", "a b=1", "_a=1", "@a=1", "é=1", "a=é", "a=\u{7f}", "a=1,a=2", "a=1,b",
            "a =1",
        ])
    func invalid(header: String) {
        #expect(Tracestate(header) == nil)
    }

    @Test("T03 a key has at most 256 characters, and so has a value")
    func lengths() {
        let long = String(repeating: "k", count: 256)
        #expect(Tracestate("\(long)=1")?.header == "\(long)=1")
        #expect(Tracestate("\(long)k=1") == nil)
        #expect(Tracestate("a=\(long)")?.header == "a=\(long)")
        #expect(Tracestate("a=\(long)v") == nil)
    }

    @Test("T03 32 entries are taken, 33 are not")
    func entries() {
        let entries = (1...33).map { "k\($0)=v" }
        #expect(Tracestate(entries.dropLast().joined(separator: ",")) != nil)
        #expect(Tracestate(entries.joined(separator: ",")) == nil)
    }

    @Test("T03 512 characters are passed on")
    func longEnough() {
        let header = "a=\(String(repeating: "v", count: 250)),b=\(String(repeating: "v", count: 257 - 2))"
        #expect(header.count == 510)
        #expect(Tracestate(header + "v")?.header.count == 511)
        let full = "\(header)v".replacing("a=", with: "ab=")
        #expect(Tracestate(full)?.header == full)
    }

    @Test("T03 a header that is too long loses whole entries, the long ones first")
    func longEntriesGoFirst() {
        let short = (1...4).map { "s\($0)=\(String(repeating: "v", count: 95))" }
        let long = "long=\(String(repeating: "v", count: 200))"
        let header = ([long] + short).joined(separator: ",")
        #expect(Tracestate(header)?.header == short.joined(separator: ","))
    }

    @Test("T03 without long entries the last ones go")
    func lastEntriesGo() {
        let entries = (1...9).map { "s\($0)=\(String(repeating: "v", count: 95))" }
        #expect(Tracestate(entries.joined(separator: ","))?.header == entries.prefix(5).joined(separator: ","))
    }

    @Test("T03 an invalid tracestate leaves the traceparent valid")
    func isIndependent() throws {
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let context = try #require(TraceContext(traceparent: traceparent, tracestate: "NOT VALID"))
        #expect(context.state == "")
        #expect(TraceContext(traceparent: traceparent, tracestate: "a=1")?.state == "a=1")
    }
}
