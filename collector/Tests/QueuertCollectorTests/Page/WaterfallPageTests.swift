import Testing

@testable import QueuertCollector

extension ProcessTests.PageTests {
    @Test("V02 V03 the waterfall nests spans and stacks linked traces on one time axis")
    func waterfall() async throws {
        try await withPage(Self.chain) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))")
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
            try await browser.go("#/trace/\(Sample.traceID(2))/\(Sample.spanID(0))")
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

    @Test("V02 V07 log records that arrive after their spans appear in a trace that is open")
    func lateLogs() async throws {
        let failed = Self.chain[1]
        try await withPage(Self.chain) { browser, client in
            try await export(log: "in time", of: failed, to: client)
            try await browser.go("#/trace/\(failed.traceID)/\(failed.spanID)")
            try await browser.wait(for: "document.getElementById('detail')?.innerText.includes('in time')")
            try await export(log: "after it", of: failed, to: client)
            try await browser.wait(for: "document.getElementById('detail').innerText.includes('after it')")
            try await browser.wait(for: "document.querySelectorAll('.bar-log').length === 2")
        }
    }

    @Test("V03 a trace that answers late takes no place of the one that was gone to, or back to, meanwhile")
    func lateAnswer() async throws {
        let (slow, next) = (Sample.traceID(3), Sample.traceID(4))
        let spans = [Sample.span(trace: 3, 1, name: "slow"), Sample.span(trace: 4, 2, name: "next")]
        try await withPage(Self.chain + spans) { browser, client in
            try await browser.go("#/trace/\(Sample.traceID(1))")
            try await browser.wait(
                for: "document.querySelector('.trace-head h1')?.innerText === 'start index-file'")
            try await browser.run(
                """
                const real = window.fetch;
                window.fetch = async (path, ...rest) => {
                  const answer = await real(path, ...rest);
                  if (!window.release && path === '/api/traces/\(slow)/linked') {
                    await new Promise((resolve) => { window.release = resolve; });
                  }
                  return answer;
                };
                window.titles = [];
                new MutationObserver(() => window.titles.push(document.querySelector('.trace-head h1')?.innerText))
                  .observe(document.getElementById('main'), { childList: true, subtree: true });
                """)
            for round in 1...2 {
                try await browser.run("window.release = null")
                try await browser.go("#/trace/\(slow)")
                try await browser.wait(for: "window.release")
                try await browser.run(
                    """
                    const gone = new Promise((resolve) => addEventListener('hashchange', resolve, { once: true }));
                    location.hash = '#/trace/\(next)';
                    await gone;
                    window.release();
                    """)
                // What arrives now is read after what was late.
                try await export([Sample.span(trace: 4, 2 + round, parent: 2, name: "child")], to: client)
                try await browser.wait(
                    for: """
                        document.querySelector('.trace-head h1').innerText === 'next'
                          && document.querySelectorAll('[role=treeitem]').length === 1 + \(round)
                        """)
            }
            let titles = try await browser.text("window.titles.join()")
            #expect(!titles.contains("slow"))
        }
    }

    @Test("V03 a span of another segment brings its trace into the heading")
    func heading() async throws {
        try await withPage(Self.chain) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))")
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
            try await browser.go("#/trace/\(Sample.traceID(1))")
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

    @Test("V02 the axis zooms, pans and shows everything again, and the critical path is marked")
    func zoom() async throws {
        try await withPage(Self.chain) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))/\(Sample.spanID(2))")
            try await browser.wait(for: "document.querySelector('.row.selected')")
            let path = try await browser.text("document.querySelectorAll('.on-path').length")
            #expect((Int(path) ?? 0) > 0)
            try await browser.run("document.getElementById('critical').click()")
            try await browser.wait(for: "document.querySelectorAll('.on-path').length === 0")
            try await browser.run("document.getElementById('waterfall').focus()")
            let width = "parseFloat(document.querySelector('.row.selected .bar').style.width)"
            let before = try await browser.text(width)
            for _ in 0..<5 { try await browser.press("+") }
            try await browser.wait(for: "\(width) > \(before) * 20")
            // What begins and ends before what is in sight is there as a sign.
            try await browser.wait(for: "document.querySelector('.out-of-sight')")
            try await browser.press("0")
            try await browser.wait(for: "\(width) === \(before)")
        }
    }

    @Test("V02 where a job waited for another chain, the critical path goes on in that chain")
    func criticalPathThroughBlockers() async throws {
        func span(
            _ number: Int, _ name: String, kind: Int, chain: String, parent: Int?, at start: UInt64, for length: UInt64
        ) -> ReceivedSpan {
            var span = Sample.span(
                trace: 1, number, parent: parent, name: name, start: 1_000_000_000 + start * 1_000_000,
                length: length * 1_000_000,
                attributes: [.init("messaging.message.conversation_id", .string(chain))])
            span.kind = kind
            return span
        }
        var wait = span(5, "await file", kind: 1, chain: "report", parent: 3, at: 2, for: 898)
        wait.links = [Sample.link(trace: 1, 7, type: "resolved_by")]
        let spans = [
            Sample.span(trace: 1, 1, name: "POST /reports", length: 5_000_000),
            span(2, "start file", kind: 4, chain: "file", parent: 1, at: 1, for: 1),
            span(3, "start report", kind: 4, chain: "report", parent: 1, at: 2, for: 1),
            span(4, "process report", kind: 5, chain: "report", parent: 3, at: 901, for: 10), wait,
            span(6, "process file", kind: 5, chain: "file", parent: 2, at: 3, for: 10),
            span(7, "process file", kind: 5, chain: "file", parent: 2, at: 880, for: 20),
        ]
        try await withPage(spans) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))")
            try await browser.wait(for: "document.querySelectorAll('[role=treeitem]').length === 7")
            let path = try await browser.text(
                "[...document.querySelectorAll('.row:has(.on-path)')].map((row) => row.id.slice(-1)).sort().join()")
            // Identifiers are one above the numbers. The wait itself is no work, and what was written meanwhile not critical.
            #expect(path == "2,3,5,7,8")
        }
    }

    @Test("V02 a trace of thousands of spans makes elements only for what is in sight")
    func large() async throws {
        let spans = (0..<3_000).map { number in
            Sample.span(
                trace: 1, number, parent: number == 0 ? nil : (number - 1) / 2, start: UInt64(number) * 1_000 + 1)
        }
        try await withPage(spans) { browser, _ in
            try await browser.go("#/trace/\(Sample.traceID(1))/\(Sample.spanID(2_999))")
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
}
