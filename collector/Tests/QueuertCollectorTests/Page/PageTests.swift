import Foundation
import Testing

@testable import QueuertCollector

extension ProcessTests {
    @Suite("The page") struct PageTests {
        private static let hostile = #"<img src=x onerror="document.title='owned'">"#

        /// A chain in two traces, with a retry and something hostile in every text.
        private static var chain: [ReceivedSpan] {
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

        private func withPage(_ spans: [ReceivedSpan], _ body: (Browser, HTTPClient) async throws -> Void) async throws
        {
            try await withCollector { client, _ async throws in
                let answer = try await client.export(ProtobufPacker.pack(spans))
                #expect(answer.status == 200)
                try await Browser.run { browser in
                    try await browser.open("http://127.0.0.1:\(client.port)/")
                    try await browser.wait(for: "document.querySelector('#live.open')")
                    try await body(browser, client)
                    // Neither a script failed, nor was anything tried that the security policy forbids.
                    #expect(browser.complaints == [])
                    let title = try await browser.text("document.title")
                    #expect(title != "owned")
                }
            }
        }

        @Test("V01 the list shows each trace, and shows new ones by itself")
        func list() async throws {
            try await withPage(Self.chain) { browser, client in
                try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 2")
                let row = try await browser.text("document.getElementById('trace-\(Sample.traceID(1))').innerText")
                for expected in ["start index-file", "web, worker", "1 linked", "1 error"] {
                    #expect(row.contains(expected))
                }
                let request = ProtobufPacker.pack([Sample.span(trace: 5, name: "start late")])
                let status = try await client.export(request).status
                #expect(status == 200)
                try await browser.wait(for: "document.querySelector('#traces').innerText.includes('start late')")
                _ = try await client.send("DELETE", "/api/traces")
                try await browser.wait(for: "document.querySelector('.empty')?.innerText.includes('No traces yet')")
            }
        }

        @Test("V01 the filter narrows the list")
        func filter() async throws {
            try await withPage(Self.chain) { browser, _ in
                try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 2")
                try await browser.press("/")
                try await browser.wait(for: "document.activeElement.id === 'filter'")
                _ = try await browser.text(
                    "(() => { const f = document.getElementById('filter'); f.value = 'notify'; f.dispatchEvent(new Event('input')) })()"
                )
                try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 1")
            }
        }

        @Test("V02 V03 the waterfall nests spans and stacks linked traces on one time axis")
        func waterfall() async throws {
            try await withPage(Self.chain) { browser, _ in
                _ = try await browser.text("location.hash = '#/trace/\(Sample.traceID(1))'")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 5")
                let levels = try await browser.text(
                    "[...document.querySelectorAll('[role=treeitem]')].map((row) => row.ariaLevel).join()")
                #expect(levels == "1,2,2,3,1")
                let segments = try await browser.text(
                    "[...document.querySelectorAll('.segment b')].map((name) => name.innerText).join()")
                #expect(segments == "start index-file,process notify-owner")
                let failed = try await browser.text("document.querySelector('.row.failed .name').innerText")
                #expect(failed.contains("timeout"))
                let retried = try await browser.text("document.getElementById('span-\(Sample.spanID(2))').innerText")
                #expect(retried.contains("attempt 2"))
                #expect(retried.contains("retry_of"))
                // The bar of a later span begins further to the right.
                let places = try await browser.text(
                    "[...document.querySelectorAll('.bar')].map((bar) => parseFloat(bar.style.left)).join()")
                let numbers = places.split(separator: ",").compactMap { Double($0) }
                #expect(numbers == numbers.sorted())
                #expect(numbers.first == 0)
                #expect((numbers.last ?? 0) > 99)
                let arrows = try await browser.text("document.querySelectorAll('.arrows path').length")
                #expect(arrows == "1")
            }
        }

        @Test("V03 V06 links lead both ways, and a span's address can be kept")
        func links() async throws {
            try await withPage(Self.chain) { browser, _ in
                _ = try await browser.text("location.hash = '#/trace/\(Sample.traceID(2))/\(Sample.spanID(0))'")
                try await browser.wait(
                    for: "document.querySelector('#detail h2')?.innerText === 'process notify-owner'")
                let detail = try await browser.text("document.getElementById('detail').innerText")
                #expect(detail.contains("→ chain"))
                #expect(detail.contains("not received here"))
                _ = try await browser.text("document.querySelector('.link-item a').click()")
                try await browser.wait(for: "document.querySelector('#detail h2').innerText === 'process index-file'")
                let hash = try await browser.text("location.hash")
                #expect(hash == "#/trace/\(Sample.traceID(1))/\(Sample.spanID(2))")
                let back = try await browser.text("document.getElementById('detail').innerText")
                #expect(back.contains("← chain"))
                #expect(back.contains("process notify-owner"))
            }
        }

        @Test("V06 the address of a chain leads to its first trace")
        func chainAddress() async throws {
            var spans = Self.chain
            for index in spans.indices { spans[index].attributes.append(.init("queuert.chain.id", .string("a/b c"))) }
            try await withPage(spans) { browser, _ in
                _ = try await browser.text("location.hash = '#/chain/a%2Fb%20c'")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 5")
                let hash = try await browser.text("location.hash")
                #expect(hash == "#/trace/\(Sample.traceID(1))")
            }
        }

        @Test("V03 a span of another segment brings its trace into the heading")
        func heading() async throws {
            try await withPage(Self.chain) { browser, _ in
                _ = try await browser.text("location.hash = '#/trace/\(Sample.traceID(1))'")
                try await browser.wait(
                    for: "document.querySelector('.trace-head h1')?.innerText === 'start index-file'")
                _ = try await browser.text("document.getElementById('span-\(Sample.spanID(0))').click()")
                _ = try await browser.text("[...document.querySelectorAll('.row:not(.segment)')].at(-1).click()")
                try await browser.wait(
                    for: "document.querySelector('.trace-head h1').innerText === 'process notify-owner'")
                // One trace alone, and all of them again.
                _ = try await browser.text("document.getElementById('linked').click()")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 1")
                _ = try await browser.text("document.getElementById('linked').click()")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 5")
            }
        }

        @Test("V02 the waterfall is usable with the keyboard alone")
        func keyboard() async throws {
            try await withPage(Self.chain) { browser, _ in
                _ = try await browser.text("location.hash = '#/trace/\(Sample.traceID(1))'")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 5")
                _ = try await browser.text("document.getElementById('waterfall').focus()")
                try await browser.press("ArrowDown")
                try await browser.wait(for: "document.querySelector('#detail h2')?.innerText === 'start index-file'")
                try await browser.press("ArrowLeft")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 2")
                try await browser.press("ArrowRight")
                try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 5")
                try await browser.press("End")
                try await browser.wait(for: "document.querySelector('#detail h2').innerText === 'process notify-owner'")
                try await browser.press("Escape")
                try await browser.wait(for: "document.getElementById('detail').hidden")
            }
        }

        @Test("V09 hostile values are shown as text and run nothing")
        func hostile() async throws {
            try await withPage(Self.chain) { browser, _ in
                _ = try await browser.text("location.hash = '#/trace/\(Sample.traceID(1))/\(Sample.spanID(2))'")
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

        @Test("V02 a trace of 5,000 spans makes elements only for what is in sight")
        func large() async throws {
            let spans = (0..<5_000).map { number in
                Sample.span(
                    trace: 1, number, parent: number == 0 ? nil : (number - 1) / 2, start: UInt64(number) * 1_000 + 1)
            }
            try await withPage(spans) { browser, _ in
                _ = try await browser.text("location.hash = '#/trace/\(Sample.traceID(1))/\(Sample.spanID(4_999))'")
                try await browser.wait(for: "document.querySelector('.row.selected')")
                let rows = try await browser.text("document.querySelectorAll('[role=treeitem]').length")
                #expect((1..<100).contains(Int(rows) ?? 0))
                let isInSight = try await browser.text(
                    """
                    (() => {
                      const row = document.querySelector('.row.selected').getBoundingClientRect();
                      const view = document.getElementById('waterfall').getBoundingClientRect();
                      return row.top >= view.top && row.bottom <= view.bottom;
                    })()
                    """)
                #expect(isInSight == "true")
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
}
