import QueuertOTel
import Testing
import Tracing

@Suite("Baggage") struct BaggageTests {
    @Test("T04 what is read is written again as it came, but for spaces around entries")
    func roundTrip() {
        #expect(Baggage(header: "a=1;p=2, b = 3 ,c=").header == "a=1;p=2,b = 3,c=")
        #expect(Baggage(header: "a=1;p=2, b = 3 ,c=").keys == ["a", "b", "c"])
        #expect(Baggage(header: "b = 3 ;x")["b"] == "3")
    }

    @Test(
        "T04 an entry that can't be read is left out, and the others stay",
        arguments: [
            "x", "=1", "a b=1", "é=1", "x=\u{7f}", "x=a\"b", "x=a b", "", "x=1;p=\n",
            "x=1;p=\r\nb: c", "x=1;p=\u{1}", "x=1;p=é",
        ])
    func invalid(entry: String) {
        #expect(Baggage(header: "a=1,\(entry),b=2").header == "a=1,b=2")
    }

    @Test("T04 the last of two entries with one name holds")
    func duplicates() {
        #expect(Baggage(header: "a=1,b=2,a=3").header == "b=2,a=3")
        #expect(Baggage(header: "a=1,b=2,a=3,c=4,b=5,c=a b,d=6").header == "a=3,c=4,b=5,d=6")
    }

    @Test("T04 values are percent-decoded, and what is no UTF-8 becomes the replacement character")
    func decoding() {
        let baggage = Baggage(header: "a=caf%C3%a9,b=%FF,c=100%,d=%zz,e=%2")
        #expect(baggage["a"] == "café")
        #expect(baggage["b"] == "\u{fffd}")
        #expect(baggage["c"] == "100%")
        #expect(baggage["d"] == "%zz")
        #expect(baggage["e"] == "%2")
        #expect(baggage["f"] == nil)
    }

    @Test(
        "T04 a value that is set is encoded, and read again",
        arguments: ["", "a b", "50%", "é", "a,b;c=\"d\"\\", "\u{1}"])
    func encoding(value: String) {
        var baggage = Baggage()
        baggage["key"] = value
        #expect(baggage["key"] == value)
        #expect(Baggage(header: baggage.header)["key"] == value)
        baggage["not a name"] = "1"
        baggage["key"] = nil
        #expect(baggage.isEmpty)
    }

    @Test("T04 64 entries and 8192 bytes are propagated, more are left out whole")
    func limits() {
        let many = (1...65).map { "k\($0)=v" }
        #expect(Baggage(header: many.dropLast().joined(separator: ",")).keys.count == 64)
        #expect(Baggage(header: many.joined(separator: ",")).keys.count == 64)
        let long = "a=\(String(repeating: "v", count: 8190))"
        #expect(Baggage(header: long).header == long)
        #expect(Baggage(header: "\(long)v,b=1").header == "b=1")
        #expect(Baggage(header: "b=1,\(long)").header == "b=1")
    }

    @Test("T04 of a header that is too long the whole entries within 65,536 bytes are read")
    func readLength() {
        let long = "a=\(String(repeating: "v", count: 65_527))"
        #expect(Baggage(header: "\(long),b=1,c=2").header == "b=1")
        #expect(Baggage(header: "\(long),b=1").header == "b=1")
        #expect(Baggage(header: "\(long)vvvvvvvv,b=1").isEmpty)
        #expect(Baggage(header: String(repeating: "é", count: 65_536)).isEmpty)
    }

    @Test("T04 only the wanted entries stay")
    func restricted() {
        #expect(Baggage(header: "a=1;p,b=2,c=3").restricted(to: ["a", "c", "d"]).header == "a=1;p,c=3")
    }

    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    @Test("T04 the propagator carries baggage with and without a trace")
    func propagator() {
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        for headers in [["baggage": "a=1"], ["baggage": "a=1", "traceparent": traceparent]] {
            var context = ServiceContext.topLevel
            W3CPropagator().extract(headers, into: &context, using: Headers())
            #expect(context.baggage["a"] == "1")
            var carrier: [String: String] = [:]
            W3CPropagator().inject(context, into: &carrier, using: Headers())
            #expect(carrier == headers)
        }
    }
}
