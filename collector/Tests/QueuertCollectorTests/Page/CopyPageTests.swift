import Foundation
import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import QueuertCollector

extension ProcessTests.PageTests {
    /// What the dialog has in one of its forms.
    private func copied(_ form: String, in browser: BrowserPage) async throws -> String {
        try await browser.run("document.getElementById('form-\(form)').click()")
        return try await browser.text("document.getElementById('text').value")
    }

    @Test("V06 what is copied of a chain is a test that compiles and holds, and the golden file of the harness")
    func copiedChain() async throws {
        try await withPage([]) { browser, client in
            let address = "http://127.0.0.1:\(client.port)"
            let chain = try await TracedShop.sell(to: address)
            try await browser.go("#/chain/\(chain)")
            try await browser.wait(for: "document.querySelector('.chain-head .state')?.innerText === 'completed'")
            try await browser.run("document.getElementById('copy').click()")
            let test = try await copied("swift", in: browser)
            let golden = try await copied("golden", in: browser)

            let collected = CollectedTraces.chain(chain, at: address)
            let forest = try await collected.read()
            #expect(golden == forest.rendered(.golden))
            try forest.expect(golden: "order")
            let text = try CopiedTest.text
            #expect(text == test)
            try await CopiedTest.expect(of: collected)
        }
    }

    @Test("V06 values of all kinds are written in a golden file as the harness writes them")
    func copiedValues() async throws {
        func context(_ id: UInt64, trace: UInt64 = 1) -> TraceContext {
            TraceContext(traceID: TraceID(high: 0, low: trace), spanID: SpanID(value: id), flags: .sampled)
        }
        let id: AttributeValue = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
        let values: [AttributeValue] = [
            "it's \"so\" \\ \u{0}\u{1}\u{1B}\u{7F}\t\r\n\u{85}\u{2028} é 😀", id, [id, "x"], true, -7, .int(.max),
            [1, 2], [],
            1.0, -0.0, 0.1, 1e-5, 1.5e-7, 1e16, 1e20, 18_014_398_509_481_984.0, 123_456_789_012_345_680.0, [0.5, 2.0],
        ]
        let spans = [
            SpanData(
                context: context(1), parent: context(9), name: "it's", kind: .server, start: 5, end: 9,
                attributes: values.enumerated().map { Attribute("value.\($0 + 10)", $1) },
                events: [
                    .init(name: "cache miss", time: 6, attributes: [Attribute("key", id), Attribute("cost", 0.5)])
                ],
                links: [.init(context(1, trace: 7)), .init(context(2, trace: 2))],
                status: .error(description: "it's over"), scope: .init(name: "app")),
            SpanData(
                context: context(3), parent: context(1), name: "b", kind: .client, start: 6, end: 8,
                scope: .init(name: "app")),
            SpanData(
                context: context(4), parent: context(1), name: "a", kind: .internal, start: 6, end: 8, status: .ok,
                scope: .init(name: "app")),
        ]
        try await withPage([]) { browser, client in
            let address = "http://127.0.0.1:\(client.port)"
            #expect(try TracedShop.export(spans, to: address) == .accepted(rejected: 0))
            let trace = TraceID(high: 0, low: 1)
            try await browser.go("#/trace/\(trace)")
            try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 4")
            try await browser.run("document.getElementById('copy').click()")
            let golden = try await copied("golden", in: browser)
            let forest = try await CollectedTraces.trace(trace, at: address).read()
            #expect(golden == forest.rendered(.golden))
        }
    }
}
