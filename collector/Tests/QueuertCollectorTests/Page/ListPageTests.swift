import Testing

@testable import QueuertCollector

extension ProcessTests.PageTests {
    @Test("V01 the list shows each trace, and shows new ones by itself")
    func list() async throws {
        try await withPage(Self.chain) { browser, client in
            try await browser.go("#/traces")
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

    @Test("V01 a search has an address of its own, finds by what it asks for, and says what makes no sense")
    func search() async throws {
        try await withPage(Self.chain, refusals: true) { browser, _ in
            try await browser.go("#/traces")
            try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 2")
            try await browser.press("/")
            try await browser.wait(for: "document.activeElement.id === 'filter'")
            for letter in "notify" { try await browser.press(String(letter)) }
            try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 1")
            try await browser.wait(for: "location.hash === '#/search/notify'")
            for (search, count) in [
                ("service:worker", 1), ("status:error", 1), ("duration>1s", 1), ("duration<1s", 1),
                ("name:\"process *\"", 2), ("queuert.job.attempt=2 service:web", 1), ("service:nobody", 0),
            ] {
                try await browser.run("location.hash = '#/search/' + encodeURIComponent('\(search)')")
                try await browser.wait(
                    for: """
                        document.querySelector('.list').ariaLabel === 'Traces that match \(search)'
                          && document.querySelectorAll('.trace-row').length === \(count)
                        """)
            }
            try await browser.go("#/search/duration%3Efast")
            try await browser.wait(
                for: "document.getElementById('problem').innerText.includes(\"fast isn't a duration\")")
        }
    }

    @Test("V01 pages of the list follow each other, and what is new comes before them")
    func pages() async throws {
        let spans = (0..<120).map { Sample.span(trace: $0, name: "name \($0)", start: UInt64($0 + 1) * 1_000_000_000) }
        try await withPage(spans) { browser, client in
            try await browser.go("#/traces")
            try await browser.wait(for: "document.querySelectorAll('.trace-row').length === 50")
            for count in [100, 120] {
                try await browser.run("document.getElementById('more').click()")
                try await browser.wait(for: "document.querySelectorAll('.trace-row').length === \(count)")
            }
            let more = try await browser.text("document.getElementById('more')")
            #expect(more == "null")
            let status = try await client.export(
                ProtobufPacker.pack([Sample.span(trace: 200, name: "newest", start: 900_000_000_000)])
            ).status
            #expect(status == 200)
            try await browser.wait(for: "document.querySelector('.trace-row').innerText.includes('newest')")
            let rows = try await browser.text("document.querySelectorAll('.trace-row').length")
            #expect(rows == "121")
        }
    }

    @Test("V01 V04 the list of chains says what each has come to")
    func chains() async throws {
        var open = SampleChain("resize-image", number: 90, at: 0)
        open.process(.init(at: 10, length: 20, result: "failed", error: "DecodingError"))
        try await withPage(SampleChain.order() + open.spans) { browser, _ in
            try await browser.wait(for: "document.querySelectorAll('#chains a').length === 10")
            let order = try await browser.text("document.getElementById('chain-chain-1').innerText")
            for expected in ["place-order", "completed", "5.58 s", "3 failures"] { #expect(order.contains(expected)) }
            let failed = try await browser.text("document.getElementById('chain-chain-90').innerText")
            #expect(failed.contains("failed"))
            try await browser.run("document.getElementById('chain-chain-1').click()")
            try await browser.wait(for: "document.getElementById('story')")
        }
    }

    @Test("V01 V04 the list of chains keeps the focus where it is when it is drawn anew")
    func focusInChains() async throws {
        var late = SampleChain("resize-image", number: 90, at: 0)
        late.process(.init(at: 10, length: 20, result: "failed", error: "DecodingError"))
        try await withPage(SampleChain.order()) { browser, client in
            try await browser.wait(for: "document.querySelectorAll('#chains a').length === 9")
            try await browser.run("document.getElementById('chain-chain-13').focus()")
            try await export(late.spans, to: client)
            try await browser.wait(for: "document.querySelectorAll('#chains a').length === 10")
            let row = try await browser.text("document.activeElement.id")
            #expect(row == "chain-chain-13")
            try await browser.run(
                "const tab = document.getElementById('state-completed'); tab.focus(); tab.click();")
            try await browser.wait(for: "document.querySelectorAll('#chains a').length === 9")
            let tab = try await browser.text("document.activeElement.id")
            #expect(tab == "state-completed")
        }
    }

    @Test("V01 the list of traces remembers no more of them than it shows")
    func mostTraces() async throws {
        try await withPage([]) { browser, _ in
            // Each page reaches back to the one before it, as it does where little arrives at a time.
            try await browser.run(
                """
                const { ListView } = await import(location.origin + '/list.js');
                const list = new ListView(document.createElement('main'), '');
                for (let first = 0; first < 3000; first += 40) {
                  const numbers = Array.from({ length: 50 }, (_, index) => String(first + 50 - index));
                  list.takeFirst({
                    traces: numbers.map((number) => ({ traceId: number, startTimeUnixNano: number })), next: 'further',
                  });
                }
                window.remembered = [...list.known.keys()].map(Number);
                """)
            let remembered = try await browser.text(
                "[remembered.length, Math.max(...remembered), Math.min(...remembered)].join()")
            #expect(remembered == "2000,3010,1011")
        }
    }
}
