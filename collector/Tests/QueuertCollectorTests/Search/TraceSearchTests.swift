import Testing

@testable import QueuertCollector

@Suite("The language of searches") struct TraceSearchTests {
    @Test(
        "V01 conditions are read as they are typed",
        arguments: [
            ("", []), ("  ", []), ("notify", [.word("notify")]), ("two words", [.word("two"), .word("words")]),
            (#""process order""#, [.word("process order")]), ("service:web", [.service("web")]),
            (#"name:"process *""#, [.name("process *")]), (#"name:"say \"yes\"""#, [.name(#"say "yes""#)]),
            ("chain:a-b job:c", [.chain("a-b"), .job("c")]), ("trace:AB12", [.trace("ab12")]),
            ("http.response.status_code=500", [.attribute("http.response.status_code", "500")]),
            (#"key="a b""#, [.attribute("key", "a b")]), ("key=", [.attribute("key", "")]),
            // What only looks like a condition is a word.
            ("http://host:80/", [.word("http://host:80/")]), (#""a=b""#, [.word("a=b")]),
            ("GET:/x", [.word("GET:/x")]),
        ] as [(String, [TraceSearch.Condition])])
    func conditions(_ text: String, _ conditions: [TraceSearch.Condition]) throws {
        #expect(try TraceSearch(text).conditions == conditions)
    }

    @Test("V01 status and duration narrow too, and the narrower of two durations counts")
    func limits() throws {
        #expect(try TraceSearch("status:error").hasError == true)
        #expect(try TraceSearch("status:ok").hasError == false)
        let search = try TraceSearch("duration>1.5s duration<2m duration>200ms")
        #expect(search.shortest == 1_500_000_000)
        #expect(search.longest == 120_000_000_000)
        #expect(try TraceSearch("duration>=1µs").shortest == 1_000)
    }

    @Test("V01 a search has up to twenty conditions")
    func manyConditions() throws {
        let words = (1...21).map { "word\($0)" }
        #expect(try TraceSearch(words.dropLast().joined(separator: " ")).conditions.count == 20)
        let error = #expect(throws: TraceSearchError.self) { try TraceSearch(words.joined(separator: " ")) }
        #expect(error?.message == "the search has more than 20 conditions")
    }

    @Test(
        "what makes no sense is said to be so, with what to write",
        arguments: [
            "duration>fast", "duration>1", "duration>99999999999h", "duration:1s", "status:bad", #"name:"open"#,
            "service: web", "=value",
        ])
    func mistakes(_ text: String) {
        #expect { try TraceSearch(text) } throws: { error in
            guard let error = error as? TraceSearchError else { return false }
            return !error.message.isEmpty && !error.hint.isEmpty
        }
    }
}
