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

    /// Exports spans to the collector of a page.
    func export(_ spans: [ReceivedSpan], to client: HTTPClient) async throws {
        let answer = try await client.export(ProtobufPacker.pack(spans))
        #expect(answer.status == 200)
    }

    /// Exports a log record of a span.
    func export(log text: String, of span: ReceivedSpan, to client: HTTPClient) async throws {
        let request = """
            {"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{"name":"app"},"logRecords":[{"severityNumber":9,
            "timeUnixNano":"\(span.startTime)","body":{"stringValue":"\(text.replacing("\"", with: "\\\""))"},
            "traceId":"\(span.traceID)","spanId":"\(span.spanID)"}]}]}]}
            """
        let answer = try await client.export(Array(request.utf8), .logs, type: "application/json")
        #expect(answer.status == 200)
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

    /// Two chains, one of which waits for the other, and two traces that differ, with something hostile in every text.
    private static var hostileSpans: [ReceivedSpan] {
        var paint = SampleChain("mix \(hostile)", number: 2, at: 0, service: hostile)
        paint.process(
            .init(at: 10, length: 40, result: "failed", error: hostile, message: hostile, dueAgain: 60_000))
        var chair = SampleChain("build \(hostile)", number: 1, at: 20, service: hostile)
        chair.waits(for: [paint])
        // The first chain's id is hostile as well, wherever it is named.
        let renamed: [ReceivedValue: ReceivedValue] = [
            .string(paint.id): .string(hostile), .array([.string(paint.id)]): .array([.string(hostile)]),
        ]
        let chains = (paint.spans + chair.spans).map { span in
            var span = span
            span.attributes = span.attributes.map { ReceivedAttribute($0.key, renamed[$0.value] ?? $0.value) }
            span.attributes.append(.init(hostile, .string(hostile)))
            return span
        }
        let traces = [5, 6].flatMap { trace -> [ReceivedSpan] in
            var child = Sample.span(
                trace: trace, 1, parent: 0, name: hostile, service: hostile,
                attributes: [.init("error.type", .string(hostile)), .init(hostile, .string("\(trace) \(hostile)"))])
            child.status = .init(code: 2, message: hostile)
            return [Sample.span(trace: trace, 0, name: hostile, service: "web"), child]
        }
        return chains + traces
    }

    /// A metric and a sender's losses, with something hostile in every text.
    private static var hostileMetrics: [String] {
        let text = hostile.replacing("\"", with: "\\\"")
        return [
            """
            {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(text)"}}]},
            "scopeMetrics":[{"scope":{"name":"\(text)"},"metrics":[{"name":"\(text)","unit":"\(text)",
            "description":"\(text)","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{
            "startTimeUnixNano":"1","timeUnixNano":"2","asInt":"3",
            "attributes":[{"key":"\(text)","value":{"stringValue":"\(text)"}}]}]}}]}]}]}
            """,
            SampleTelemetry.lostSpans(3).replacing("queue_full", with: text),
        ]
    }

    @Test("V09 hostile values are shown as text and run nothing in each of the other views")
    func hostileEverywhere() async throws {
        let spans = Self.hostileSpans
        let attempt = try #require(spans.first { $0.kind == 5 })
        try await withPage(spans) { browser, client in
            for metrics in Self.hostileMetrics {
                let answer = try await client.export(Array(metrics.utf8), .metrics, type: "application/json")
                #expect(answer.status == 200)
            }
            try await export(log: Self.hostile, of: attempt, to: client)
            try await browser.run("window.hostile = `\(Self.hostile)`")
            func shows(_ elements: String...) async throws {
                for element in elements {
                    try await browser.wait(
                        for: "document.querySelector('\(element)')?.innerText.includes(window.hostile)")
                }
                let images = try await browser.text("document.images.length")
                #expect(images == "0")
            }
            try await shows("#chain-chain-1")
            try await browser.go("#/traces")
            try await shows("#traces")
            // The chain that waits, with its lanes and its graph; and the one that it waits for, with its attempts.
            try await browser.go("#/chain/chain-1")
            try await shows(
                ".chain-head h1", "#story", "#because", ".legend", ".lane-row.job", ".lane-row.blocker",
                ".lane-row .badge.error", "#graph a.graph-node:not(.current)")
            try await browser.run("location.hash = '#/chain/' + encodeURIComponent(window.hostile)")
            try await shows("#attempts .error-text", ".chain-head .facts .mono")
            try await browser.run("document.querySelector('#attempts tbody tr').click()")
            try await shows("#detail h2", "#detail .failure", "#detail .event-item")
            try await browser.go("#/types")
            try await shows("#types tbody", "#map")
            try await browser.go("#/metrics")
            try await shows("#metrics")
            try await browser.run(
                """
                [...document.querySelectorAll('#metrics a')].find((a) => a.innerText.includes(window.hostile)).click()
                """)
            try await shows(".view h1", ".series h2", ".series .scale b")
            try await browser.go("#/logs")
            try await shows("#logs")
            try await browser.go("#/checks")
            try await shows("#lint", "#dropped")
            try await browser.go("#/compare/\(Sample.traceID(5))")
            try await shows("#compare-view h1")
            try await browser.run("document.querySelector('#compare-view .metric-list a').click()")
            try await shows("#comparison tbody td", "#comparison .badge.error", "#comparison tr:last-child td.soft")
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
