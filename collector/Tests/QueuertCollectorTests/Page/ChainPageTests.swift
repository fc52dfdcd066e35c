import Testing

@testable import QueuertCollector

extension ProcessTests.PageTests {
    @Test("V04 a chain's story says what took the time, and its shares add up")
    func story() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.getElementById('because')")
            let story = try await browser.text("document.getElementById('story').innerText")
            #expect(
                story
                    == "5.58 s: 3 s backing off after 2 failed attempts of charge-card, 990 ms blocked by 8 chains, of which "
                    + "reserve-stock was the last to end, 900 ms until the lost worker of send-receipt was noticed.")
            let because = try await browser.text("document.getElementById('because').innerText")
            #expect(
                because.contains(
                    "reserve-stock took 1.05 s: 850 ms backing off after 1 failed attempt of confirm-stock"))
            let shares = try await browser.text(
                "[...document.querySelectorAll('.breakdown-bar .part')].reduce((sum, part) => sum + parseFloat(part.style.width), 0).toFixed(1)"
            )
            #expect(shares == "100.0")
        }
    }

    @Test("V04 jobs and attempts have bars for what they waited for, one after the other")
    func lanes() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelector('.lane-row.blocker.critical .caret').innerText === '▼'")
            let jobs = try await browser.text(
                "[...document.querySelectorAll('.lane-row.job > .lane-name')].map((row) => row.querySelector('b').innerText).join()"
            )
            #expect(jobs == "place-order,check-stock,reserve-stock,confirm-stock,charge-card,send-receipt")
            let kinds = try await browser.text(
                """
                [...document.querySelectorAll('.lane-row.attempt .part')].map((part) => part.classList[1]).join()
                """)
            #expect(
                kinds == "queue,run-failed,backoff,queue,run,"
                    + "queue,run-failed,backoff,queue,run-failed,backoff,queue,run,queue,run-lost,queue,run")
            // The critical blocker is open, and leads to what held it up.
            let attempts = try await browser.text("document.querySelectorAll('.lane-row.attempt.failed').length")
            #expect(attempts == "3")
            let errors = try await browser.text(
                "[...document.querySelectorAll('#attempts .failed .error-text')].map((cell) => cell.innerText).join('|')"
            )
            #expect(errors == "CardDeclined: no funds|timeout|worker_lost: the lease ran out")
        }
    }

    @Test("V03 the traces of a chain stand on one axis, and what leads from one to the other is drawn")
    func segments() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelectorAll('.trace-strip').length === 2")
            let strips = try await browser.text(
                "[...document.querySelectorAll('.trace-strip')].map((strip) => strip.getAttribute('href')).join()")
            #expect(strips.hasPrefix("#/trace/\(Sample.traceID(1)),#/trace/"))
            try await browser.run("document.querySelectorAll('.trace-strip')[1].click()")
            try await browser.wait(for: "document.querySelectorAll('.segment').length > 1")
        }
    }

    @Test("V04 the chains that a chain waited for are a graph, in which the last to end stands out")
    func graph() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelectorAll('.graph-node').length === 3")
            let group = try await browser.text("document.querySelector('.graph-node.group').innerText")
            #expect(group.contains("7 × reserve-stock"))
            let critical = try await browser.text("document.querySelectorAll('.graph path.blocker.critical').length")
            #expect(critical == "2")
            try await browser.run("document.querySelector('a.graph-node:not(.current)').click()")
            try await browser.wait(for: "document.querySelector('.chain-head h1').innerText === 'reserve-stock'")
        }
    }

    @Test("V05 an attempt that nobody has told the end of is shown as running, and a lost worker as lost")
    func inProgress() async throws {
        var chain = SampleChain("nightly-report", number: 1, at: 0)
        chain.process(.init(at: 10, length: 20))
        chain.continue("upload-report")
        chain.processOpen(at: 400)
        try await withPage(chain.spans + SampleChain.order().filter { $0.chainID != "chain-1" }) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelector('.part.run-open')")
            let state = try await browser.text("document.querySelector('.chain-head .state').innerText")
            #expect(state == "running")
            let story = try await browser.text("document.getElementById('story').innerText")
            #expect(story.hasPrefix("Under way for "))
            #expect(story.contains("running upload-report, attempt 1, not ended yet"))
        }
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelectorAll('.part.run-lost').length > 1")
            let badge = try await browser.text("document.querySelector('.lane-name .badge.lost').innerText")
            #expect(badge == "worker lost")
        }
    }

    @Test("V06 a span of a chain has an address, links both ways and forms to copy")
    func copy() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelectorAll('.lane-row.attempt.failed').length > 1")
            try await browser.run("[...document.querySelectorAll('.lane-row.attempt.failed')].at(-1).click()")
            try await browser.wait(for: "document.querySelector('#detail h2')?.innerText === 'process charge-card'")
            let hash = try await browser.text("location.hash.split('/').at(-1).length")
            #expect(hash == "16")
            let detail = try await browser.text("document.getElementById('detail').innerText")
            #expect(detail.contains("→ retry_of"))
            #expect(detail.contains("← retry_of"))
            try await browser.run("document.getElementById('copy').click()")
            try await browser.wait(
                for: "document.getElementById('text').value.startsWith('try await recorder.expect {')")
            for (form, beginning) in [("golden", "trace t1"), ("markdown", "Trace `"), ("otlp", "{")] {
                try await browser.run("document.getElementById('form-\(form)').click()")
                try await browser.wait(for: "document.getElementById('text').value.startsWith('\(beginning)')")
            }
            // What is copied is what the collector takes.
            let spans = try await browser.text(
                """
                JSON.parse(document.getElementById('text').value).resourceSpans
                  .flatMap((resource) => resource.scopeSpans).flatMap((scope) => scope.spans).length
                """)
            #expect((Int(spans) ?? 0) > 10)
        }
    }

    @Test("V04 V07 the log records of a span stand beside the lanes, those that arrive after it as well")
    func logsBesideLanes() async throws {
        let order = SampleChain.order()
        let attempt = try #require(order.first { $0.name == "process place-order" })
        let stock = try #require(order.last { $0.name == "process confirm-stock" })
        try await withPage(order) { browser, client in
            try await export(log: "in time", of: attempt, to: client)
            try await browser.go("#/chain/chain-1/\(attempt.spanID)")
            try await browser.wait(for: "document.getElementById('detail')?.innerText.includes('in time')")
            // The chain has ended: nothing of it changes any more but its log records.
            try await export(log: "after it", of: attempt, to: client)
            try await browser.wait(for: "document.getElementById('detail').innerText.includes('after it')")
            // Of a chain that it waited for, which has a trace of its own.
            try await browser.go("#/chain/chain-1/\(stock.spanID)")
            try await browser.wait(for: "document.querySelector('#detail h2')?.innerText === 'process confirm-stock'")
            try await export(log: "moved", of: stock, to: client)
            try await browser.wait(for: "document.getElementById('detail').innerText.includes('moved')")
        }
    }

    @Test("V04 a chain of which something couldn't be read is read again at the next change")
    func oneFailedRequest() async throws {
        var paint = SampleChain("mix-paint", number: 2, at: 0)
        paint.process(.init(at: 10, length: 40, result: "failed", error: "NoBlue", dueAgain: 60_000))
        var chair = SampleChain("build-chair", number: 1, at: 20)
        chair.waits(for: [paint])
        try await withPage(paint.spans + chair.spans) { browser, client in
            try await browser.run(
                """
                const real = window.fetch;
                window.failing = true;
                window.fetch = (path, ...rest) => (window.failing && path.endsWith('/graph')
                  ? Promise.reject(new TypeError('it failed')) : real(path, ...rest));
                """)
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "!document.getElementById('problem').hidden")
            try await browser.run("window.failing = false")
            // Nothing of the chain changes.
            try await export([Sample.span(trace: 900, name: "something else")], to: client)
            try await browser.wait(
                for: "document.getElementById('story') && document.getElementById('problem').hidden")
        }
    }

    @Test("V04 the lanes are usable with the keyboard, and on a phone")
    func keyboardAndPhone() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.resize(width: 390, height: 800)
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "document.querySelector('.lane-row[aria-level]')")
            let overflow = try await browser.text("document.documentElement.scrollWidth <= window.innerWidth")
            #expect(overflow == "true")
            try await browser.run("document.getElementById('lanes').focus()")
            try await browser.press("ArrowDown")
            try await browser.wait(for: "document.querySelector('[aria-selected=true]')")
            try await browser.press("End")
            try await browser.wait(for: "document.querySelector('#detail h2').innerText === 'process send-receipt'")
            try await browser.press("Escape")
            try await browser.wait(for: "document.getElementById('detail').hidden")
        }
    }

    @Test("V05 a job that waits for chains which haven't ended is blocked, and by what is said")
    func blocked() async throws {
        var paint = SampleChain("mix-paint", number: 2, at: 0, service: "lab")
        paint.process(.init(at: 10, length: 40, result: "failed", error: "NoBlue", dueAgain: 60_000))
        var wood = SampleChain("saw-wood", number: 3, at: 0)
        wood.process(.init(at: 5, length: 10))
        wood.end()
        var chair = SampleChain("build-chair", number: 1, at: 20)
        chair.waits(for: [wood, paint])
        try await withPage(paint.spans + wood.spans + chair.spans) { browser, _ in
            try await browser.go("#/")
            try await browser.wait(for: "document.querySelectorAll('#chains a').length === 3")
            let row = try await browser.text("document.getElementById('chain-chain-1').innerText")
            #expect(row.contains("blocked") && row.contains("waits for mix-paint") && !row.contains("more"))
            try await browser.run(
                "[...document.querySelectorAll('.tabs button')].find((tab) => tab.innerText.startsWith('blocked')).click()"
            )
            try await browser.wait(for: "document.querySelectorAll('#chains a').length === 1")
            try await browser.run("document.querySelector('#chains a').click()")
            try await browser.wait(for: "document.querySelector('.chain-head .state')?.innerText === 'blocked'")
            let story = try await browser.text("document.getElementById('story').innerText")
            #expect(story.contains("blocked by the chain mix-paint, which hasn't ended"))
            // What it waits for is opened, and says why it takes so long. It is drawn anew as long as the chain is open.
            for part in ["mix-paint – under way for", "backing off after 1 failed attempt"] {
                try await browser.wait(for: "document.getElementById('because')?.innerText.includes('\(part)')")
            }
            for part in ["waits for", "mix-paint", "not ended yet"] {
                try await browser.wait(
                    for: "document.querySelector('.lane-row.blocker')?.innerText.includes(\"\(part)\")")
            }
            try await browser.wait(for: "document.querySelectorAll('.graph path.blocker.critical').length > 0")
            let nodes = try await browser.text("document.querySelectorAll('.graph-node').length")
            #expect(nodes == "3")
        }
    }
}
