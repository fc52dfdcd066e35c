import Foundation
import Testing

@testable import QueuertCollector

extension ProcessTests {
    /// One browser runs for all of them; each test has a page of its own.
    @Suite("The page", .oneBrowser) struct PageTests {}
}

extension ProcessTests.PageTests {
    static let hostile = #"<img src=x onerror="document.title='owned'">"#

    /// A chain in two traces, with a retry and something hostile in every text.
    static var chain: [ReceivedSpan] {
        var failed = Sample.span(
            trace: 1, 1, parent: 0, name: "process index-file", service: "worker", start: 2_000_000_000)
        failed.kind = 5
        failed.status = .init(code: 2, message: "no answer \(hostile)")
        failed.attributes = [.init("error.type", .string("timeout")), .init("queuert.job.attempt", .int(1))]
        var retried = Sample.span(
            trace: 1, 2, parent: 0, name: "process index-file", service: "worker", start: 3_000_000_000)
        retried.kind = 5
        retried.attributes = [.init("queuert.job.attempt", .int(2)), .init(hostile, .string(hostile))]
        retried.events = [.init(name: hostile, time: 3_000_500_000, attributes: [.init(hostile, .string(hostile))])]
        retried.links = [Sample.link(trace: 1, 1, type: "retry_of"), Sample.link(trace: 1, 0, type: hostile)]
        var next = Sample.span(trace: 2, 0, name: "process notify-owner", service: hostile, start: 4_000_000_000)
        next.links = [Sample.link(trace: 1, 2, type: "chain"), Sample.link(trace: 7, 0, type: "blocker")]
        return [
            Sample.span(trace: 1, 0, name: "start index-file", service: "web", length: 4_000_000), failed, retried,
            Sample.span(trace: 1, 3, parent: 2, name: hostile, service: "worker", start: 3_000_100_000), next,
        ]
    }

    /// Runs a collector that has received spans, and shows its page.
    ///
    /// The browser complains of each request that is refused; `refusals` says that some are meant to be.
    func withPage(
        _ spans: [ReceivedSpan], refusals: Bool = false, _ body: (BrowserPage, HTTPClient) async throws -> Void
    ) async throws {
        try await withCollector { client, _ async throws in
            if !spans.isEmpty {
                let answer = try await client.export(ProtobufPacker.pack(spans))
                #expect(answer.status == 200)
            }
            try await Browser.withPage("http://127.0.0.1:\(client.port)/") { page in
                try await page.wait(for: "document.querySelector('#live.open')")
                try await body(page, client)
                // Neither a script failed, nor was anything tried that the security policy forbids.
                let complaints = await page.complaints.filter { !refusals || !$0.contains("400 (Bad Request)") }
                #expect(complaints == [])
                let title = try await page.text("document.title")
                #expect(title != "owned")
            }
        }
    }

    @Test("V09 hostile values are shown as text and run nothing")
    func hostile() async throws {
        try await withPage(Self.chain) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))/\(Sample.spanID(2))")
            try await browser.wait(for: "document.querySelector('#detail h2')?.innerText === 'process index-file'")
            let detail = try await browser.text("document.getElementById('detail').innerText")
            // As key and value of an attribute, as an event's name, key and value, and as the type of a link.
            #expect(detail.components(separatedBy: Self.hostile).count - 1 == 6)
            let rows = try await browser.text("document.getElementById('waterfall').innerText")
            #expect(rows.contains(Self.hostile))
            let images = try await browser.text("document.images.length")
            #expect(images == "0")
        }
    }

    @Test("each module of the page is asked for at once, not when another has been read that needs it")
    func preloads() throws {
        let index = try #require(EmbeddedPage.files["index.html"])
        for name in EmbeddedPage.files.keys where name.hasSuffix(".js") && !["page.js", "early.js"].contains(name) {
            #expect(index.contains("<link rel=\"modulepreload\" href=\"\(name)\">"))
        }
    }

    @Test("the page in the program is the page in the folder")
    func embedded() throws {
        let collector = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let check = Process()
        check.executableURL = collector.appendingPathComponent("embed-page.sh")
        check.arguments = ["--check"]
        try check.run()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0)
    }
}
