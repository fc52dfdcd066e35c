import Foundation
import Testing

@testable import QueuertCollector

extension ProcessTests.PageTests {
    private func post(_ client: HTTPClient, _ signal: String, _ json: String) async throws {
        let answer = try await client.send(
            "POST", "/v1/\(signal)", headers: ["Content-Type": "application/json"], body: Array(json.utf8))
        #expect(answer.status == 200)
    }

    @Test("V07 the types of jobs have rates, errors and durations, and a map of what leads to what")
    func types() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/types")
            try await browser.wait(for: "document.querySelectorAll('#types tbody tr').length === 6")
            let row = try await browser.text(
                "[...document.querySelectorAll('#types tbody tr')].find((row) => row.innerText.includes('charge-card')).innerText"
            )
            #expect(row.contains("2, 67 %"))
            let map = try await browser.text("document.getElementById('map').innerText")
            #expect(map.contains("charge-card"))
            try await browser.run("document.getElementById('all-operations').click()")
            try await browser.wait(for: "document.querySelector('#types').innerText.includes('continue charge-card')")
            try await browser.run("document.querySelector('#types tbody a').click()")
            try await browser.wait(for: "location.hash.startsWith('#/search/') && document.querySelector('.trace-row')")
        }
    }

    @Test("V07 an operation's link and the choice of what to compare find its name, whatever is in it")
    func quotedNames() async throws {
        let name = #"SELECT "users" WHERE path = 'C:\new'"#
        try await withPage([Sample.span(trace: 1, name: name), Sample.span(trace: 2, name: name)]) { browser, _ in
            try await browser.go("#/types")
            try await browser.wait(for: "document.getElementById('all-operations')")
            try await browser.run("document.getElementById('all-operations').click()")
            try await browser.wait(for: "document.querySelector('#types tbody a')")
            try await browser.run("document.querySelector('#types tbody a').click()")
            try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 2")
            try await browser.go("#/compare/\(Sample.traceID(1))")
            try await browser.wait(for: "document.querySelector('#compare-view .metric-list a')")
        }
    }

    @Test("V06 V07 what has no name can be compared and searched for, too")
    func unnamed() async throws {
        let spans = [Sample.span(trace: 1, name: ""), Sample.span(trace: 2, name: ""), Sample.span(trace: 3)]
        try await withPage(spans) { browser, _ in
            try await browser.go("#/compare/\(Sample.traceID(1))")
            try await browser.wait(for: "document.querySelector('#compare-view #other')")
            let others = try await browser.text(
                "[...document.querySelectorAll('#compare-view .metric-list a')].map((link) => link.hash).join()")
            #expect(others == "#/compare/\(Sample.traceID(1))/\(Sample.traceID(2))")
            try await browser.run("document.querySelector('#compare-view .metric-list a').click()")
            try await browser.wait(for: "document.querySelectorAll('#comparison tbody tr').length === 1")
            let heading = try await browser.text("document.querySelector('#compare-view h1').innerText")
            #expect(heading == "(no name) and (no name)")
            try await browser.go("#/types")
            try await browser.wait(for: "document.getElementById('all-operations')")
            try await browser.run("document.getElementById('all-operations').click()")
            let link = "[...document.querySelectorAll('#types tbody a')].find((a) => a.innerText === '(no name)')"
            try await browser.wait(for: link)
            try await browser.run("\(link).click()")
            // Of its service.
            try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 3")
        }
    }

    @Test("V07 the types keep the focus where it is when they are drawn anew")
    func focusInTypes() async throws {
        try await withPage(SampleChain.order()) { browser, client in
            try await browser.go("#/types")
            try await browser.wait(for: "document.querySelectorAll('#types tbody tr').length === 6")
            var number = 90
            for focused in ["#sort-5", "#types tbody a"] {
                try await browser.run("document.querySelector('\(focused)').focus()")
                let before = try await browser.text("document.activeElement.id")
                var chain = SampleChain("resize-image-\(number)", number: number, at: 0)
                chain.process(.init(at: 10, length: 20))
                try await export(chain.spans, to: client)
                number += 1
                try await browser.wait(for: "document.querySelectorAll('#types tbody tr').length === \(number - 84)")
                let after = try await browser.text("document.activeElement.id")
                #expect(!before.isEmpty && after == before)
            }
        }
    }

    @Test("V07 a histogram's exemplar leads to the span that was measured")
    func exemplars() async throws {
        try await withPage(SampleChain.order()) { browser, client in
            let attempt = try #require(SampleChain.order().last { $0.name == "process charge-card" })
            try await post(
                client, "metrics",
                """
                {"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},
                "scopeMetrics":[{"scope":{"name":"queuert"},"metrics":[{"name":"queuert.job.attempt.duration","unit":"s",
                "description":"How long attempts took.","histogram":{"aggregationTemporality":2,"dataPoints":[{
                "startTimeUnixNano":"1790000000000000000","timeUnixNano":"1790000060000000000","count":"3","sum":0.38,
                "explicitBounds":[0.1,0.5],"bucketCounts":["2","1","0"],
                "attributes":[{"key":"queuert.job.type","value":{"stringValue":"charge-card"}}],
                "exemplars":[{"timeUnixNano":"1790000004600000000","asDouble":0.2,"traceId":"\(attempt.traceID)",
                "spanId":"\(attempt.spanID)"}]}]}}]}]}]}
                """)
            try await browser.go("#/metrics")
            try await browser.wait(for: "document.querySelector('#metrics a')")
            try await browser.run("document.querySelector('#metrics a').click()")
            try await browser.wait(for: "document.querySelector('.exemplars a')?.innerText === '200 ms'")
            let panel = try await browser.text("document.querySelector('.series').innerText")
            #expect(panel.contains("queuert.job.type=charge-card"))
            #expect(panel.contains("3 values"))
            try await browser.run("document.querySelector('.exemplars a').click()")
            try await browser.wait(for: "document.querySelector('#detail h2')?.innerText === 'process charge-card'")
        }
    }

    @Test("V07 points without a time are drawn, and of a summary what it says")
    func timelessPointsAndSummaries() async throws {
        try await withPage([]) { browser, client in
            try await post(client, "metrics", SampleTelemetry.metrics(1))
            try await post(
                client, "metrics",
                SampleTelemetry.metrics(1).replacing(#""timeUnixNano":"1001","#, with: "")
                    .replacing(#""timeUnixNano":"999","#, with: ""))
            for name in ["queuert.queue.age", "messaging.process.duration"] {
                try await browser.go("#/metric/\(name)")
                try await browser.wait(for: "document.querySelector('h1')?.innerText === '\(name)'")
                try await browser.wait(for: "document.querySelector('.series')")
            }
            try await browser.wait(for: "document.querySelector('.exemplars a')?.innerText === '750 ms'")
            try await browser.go("#/metric/old")
            try await browser.wait(
                for: "document.querySelector('.series')?.innerText.includes('4 values, sum 2, 50 % below 1')")
            let summary = try await browser.text("document.querySelector('.series').innerText")
            #expect(!summary.contains("now"))
            let isHidden = try await browser.text("document.getElementById('problem').hidden")
            #expect(isHidden == "true")
        }
    }

    @Test("V07 log records stand beside their span, as dots and as text, and lead to it")
    func logs() async throws {
        try await withPage(Self.chain) { browser, client in
            try await post(
                client, "logs",
                """
                {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"worker"}}]},
                "scopeLogs":[{"scope":{"name":"queuert"},"logRecords":[
                {"timeUnixNano":"2000500000","severityNumber":13,"severityText":"WARN","eventName":"queuert.job.attempt.failed",
                "body":{"stringValue":"it failed"},"traceId":"\(Sample.traceID(1))","spanId":"\(Sample.spanID(1))"},
                {"timeUnixNano":"3000000","severityNumber":9,"body":{"stringValue":"\(Self.hostile.replacing("\"", with: "\\\""))"}}]}]}]}
                """)
            try await browser.go("#/trace/\(Sample.traceID(1))/\(Sample.spanID(1))")
            try await browser.wait(for: "document.querySelector('.bar-log.warning')")
            try await browser.wait(for: "document.getElementById('detail').innerText.includes('it failed')")
            try await browser.go("#/logs")
            try await browser.wait(for: "document.querySelectorAll('.log-row').length === 2")
            let text = try await browser.text("document.getElementById('logs').innerText")
            #expect(text.contains(Self.hostile))
            try await browser.run(
                "const level = document.getElementById('log-level'); level.value = '13'; level.dispatchEvent(new Event('change'))"
            )
            try await browser.wait(for: "document.querySelectorAll('.log-row').length === 1")
            try await browser.run("document.querySelector('.log-row a').click()")
            try await browser.wait(for: "document.querySelector('#detail h2')?.innerText === 'process index-file'")
        }
    }

    @Test("V08 names that the registry doesn't know are found, with an example, and others aren't")
    func lint() async throws {
        var spans = SampleChain.order()
        spans[3].attributes.append(.init("queuert.job.tpye", .string("typo")))
        spans[4].droppedAttributes = 2
        try await withPage(spans) { browser, _ in
            try await browser.go("#/checks")
            try await browser.wait(for: "document.querySelectorAll('#lint .finding').length > 0")
            let findings = try await browser.text("document.getElementById('lint').innerText")
            #expect(findings.contains("The attribute queuert.job.tpye is not registered."))
            #expect(findings.contains("dropped attributes of"))
            let count = try await browser.text("document.querySelectorAll('#lint .finding').length")
            #expect(count == "2")
            try await browser.run("document.querySelector('#lint .finding a').click()")
            try await browser.wait(for: "document.getElementById('detail')?.innerText.includes('tpye')")
        }
    }

    @Test("V08 metrics and events that the registry doesn't know are found, with an example, and others aren't")
    func lintOfMetricsAndLogs() async throws {
        func metric(_ name: String, unit: String = "{job}", isMonotonic: Bool = true) -> String {
            """
            {"name":"\(name)","unit":"\(unit)","sum":{"aggregationTemporality":2,"isMonotonic":\(isMonotonic),"dataPoints":[
            {"startTimeUnixNano":"1","timeUnixNano":"2","asInt":"3"}]}}
            """
        }
        func event(_ name: String, severity: String = "INFO", number: Int = 9, key: String = "queuert.worker.id")
            -> String
        {
            """
            {"timeUnixNano":"5","severityNumber":\(number),"severityText":"\(severity)","eventName":"\(name)","attributes":[
            {"key":"messaging.system","value":{"stringValue":"queuert"}},
            {"key":"queuert.worker.name","value":{"stringValue":"w"}},{"key":"\(key)","value":{"stringValue":"w-1"}}]}
            """
        }
        try await withPage(SampleChain.order()) { browser, client in
            let metrics = [
                metric("queuert.job.created"), metric("queuert.job.tpyo"), metric("queuert.job.completed", unit: "s"),
                metric("queuert.job.reaped", isMonotonic: false), metric("HTTP Requests"),
            ]
            try await post(
                client, "metrics",
                """
                {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"scope":{"name":"queuert"},
                "metrics":[\(metrics.joined(separator: ","))]}]}]}
                """)
            let events = [
                event("queuert.worker.started"), event("queuert.worker.strated"),
                event("queuert.worker.stopped", key: "queuert.worker.di"),
                event("queuert.worker.stopping", severity: "ERROR", number: 17),
            ]
            try await post(
                client, "logs",
                """
                {"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{"name":"queuert"},
                "logRecords":[\(events.joined(separator: ","))]}]}]}
                """)
            try await browser.go("#/checks")
            try await browser.wait(for: "document.querySelectorAll('#lint .finding').length > 0")
            let found = try await browser.text(
                "[...document.querySelectorAll('#lint .finding > span:nth-child(2)')].map((row) => row.firstChild.data.trim()).sort().join('|')"
            )
            #expect(
                found.split(separator: "|").map(String.init) == [
                    "The attribute queuert.worker.di is not registered.",
                    "The event queuert.worker.stopped lacks the attribute queuert.worker.id.",
                    "The event queuert.worker.stopping has the severity error, not info.",
                    "The event queuert.worker.strated is not registered.",
                    "The metric HTTP Requests isn't named as the conventions ask: lower case, words with underscores, parts "
                        + "with dots.",
                    "The metric queuert.job.completed has the unit s, not {job}.",
                    "The metric queuert.job.reaped is of the kind up-down counter, not counter.",
                    "The metric queuert.job.tpyo is not registered.",
                ])
            let examples = try await browser.text(
                "[...document.querySelectorAll('#lint .finding a')].map((link) => link.hash.split('/')[1]).sort().join()"
            )
            #expect(examples == "logs,logs,logs,logs,metric,metric,metric,metric")
        }
    }

    @Test("V08 what was received and what was lost on the way is told")
    func losses() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/checks")
            try await browser.wait(for: "document.querySelectorAll('#received tbody tr').length === 3")
            let traces = try await browser.text("document.querySelector('#received tbody tr').innerText")
            #expect(traces.contains("\(SampleChain.order().count)"))
            let losses = try await browser.text("document.getElementById('dropped').innerText")
            #expect(losses.contains("Nothing was dropped"))
            let good = try await browser.text("document.querySelector('#lint .good-news') !== null")
            #expect(good == "true")
        }
    }

    @Test("V06 two traces are compared span by span")
    func compare() async throws {
        func trace(_ number: Int, slow: Bool) -> [ReceivedSpan] {
            var spans = [
                Sample.span(trace: number, name: "GET /", start: 1_000_000_000, length: slow ? 90_000_000 : 30_000_000),
                Sample.span(
                    trace: number, 1, parent: 0, name: "SELECT", start: 1_001_000_000,
                    length: slow ? 80_000_000 : 20_000_000),
            ]
            if slow { spans.append(Sample.span(trace: number, 2, parent: 0, name: "retry", start: 1_002_000_000)) }
            return spans
        }
        try await withPage(trace(1, slow: false) + trace(2, slow: true)) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))")
            try await browser.wait(for: "document.getElementById('compare')")
            try await browser.run("document.getElementById('compare').click()")
            try await browser.wait(for: "document.querySelector('#compare-view .metric-list a')")
            try await browser.run("document.querySelector('#compare-view .metric-list a').click()")
            try await browser.wait(for: "document.querySelectorAll('#comparison tbody tr').length === 3")
            let rows = try await browser.text(
                "[...document.querySelectorAll('#comparison tbody tr')].map((row) => row.cells[3].innerText).join()")
            #expect(rows == "+60 ms,+60 ms,only right")
        }
    }

    @Test("V06 what only the right one of two traces has stands with what it is below, whatever it is called")
    func comparedOrder() async throws {
        func span(_ trace: Int, _ number: Int, _ parent: Int?, _ name: String, at start: UInt64) -> ReceivedSpan {
            Sample.span(trace: trace, number, parent: parent, name: name, start: 1_000_000_000 + start * 1_000_000)
        }
        let spans = [1, 2].flatMap { trace in
            [
                span(trace, 0, nil, "root", at: 0), span(trace, 1, 0, "a", at: 1), span(trace, 2, 1, "b", at: 2),
                span(trace, 3, 0, "last", at: 9),
            ]
        }
        let added = [span(2, 4, 1, "GET /c", at: 3), span(2, 5, 4, "d", at: 4)]
        try await withPage(spans + added) { browser, _ in
            try await browser.go("#/compare/\(Sample.traceID(1))/\(Sample.traceID(2))")
            try await browser.wait(for: "document.querySelectorAll('#comparison tbody tr').length === 6")
            let names = try await browser.text(
                "[...document.querySelectorAll('#comparison tbody tr')].map((row) => row.cells[0].innerText.trim()).join()"
            )
            #expect(names == "root,a,b,GET /c,d,last")
        }
    }

    @Test("V06 comparing two traces looks at each span a few times, however many siblings it has")
    func comparedSiblings() async throws {
        try await withPage([]) { browser, _ in
            try await browser.run(
                """
                const { compare } = await import(location.origin + '/compare-model.js');
                window.looks = 0;
                const trace = (count) => {
                  const root = { parent: null, children: [], depth: 0, document: { name: 'root' } };
                  root.children = Array.from({ length: count }, () => ({
                    parent: root, children: [], depth: 1, document: { get name() { window.looks += 1; return 'step'; } },
                  }));
                  return { roots: [root] };
                };
                window.rows = compare(trace(1000), trace(2000)).length;
                """)
            let rows = try await browser.text("window.rows")
            #expect(rows == "2001")
            let looks = try await browser.text("window.looks < 20_000")
            #expect(looks == "true")
        }
    }

    @Test("V06 what is dropped or pasted on the page is imported, and what can't be read is said to be so")
    func imports() async throws {
        try await withPage([], refusals: true) { browser, client in
            try await browser.wait(for: "document.querySelector('.empty')")
            let request = """
                {"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"traceId":"\(Sample.traceID(4))",
                "spanId":"\(Sample.spanID(1))","name":"imported","kind":1,"startTimeUnixNano":"5",
                "endTimeUnixNano":1700000000123456789}]}]}]}
                """
            try await browser.run(
                """
                const data = new DataTransfer();
                data.setData('text', `\(request)`);
                document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
                """)
            try await browser.wait(for: "document.getElementById('notice').innerText.includes('1 span')")
            try await browser.go("#/traces")
            try await browser.wait(for: "document.querySelector('.trace-row')?.innerText.includes('imported')")
            try await browser.run(
                """
                const data = new DataTransfer();
                data.items.add(new File(['no telemetry'], 'a.jsonl'));
                document.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
                """)
            try await browser.wait(for: "!document.getElementById('problem').hidden")
            // A list that is read anew doesn't take the message away.
            let status = try await client.export(
                ProtobufPacker.pack([Sample.span(trace: 5, name: "newest", start: 900_000_000_000)])
            ).status
            #expect(status == 200)
            try await browser.wait(for: "document.querySelector('.trace-row')?.innerText.includes('newest')")
            let isHidden = try await browser.text("document.getElementById('problem').hidden")
            #expect(isHidden == "false")
            // What was exported is what was imported.
            let exported = try await client.get("/api/export?trace=\(Sample.traceID(4))")
            #expect(exported.status == 200)
            #expect(exported.text.contains("imported"))
            // As a number of a script it would have fewer digits.
            #expect(exported.text.contains("1700000000123456789"))
        }
    }
}
