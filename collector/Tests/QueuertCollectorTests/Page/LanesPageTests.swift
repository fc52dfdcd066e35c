import Testing

@testable import QueuertCollector

extension ProcessTests.PageTests {
    private static let rows = "[...document.querySelectorAll('.lane-row[role=treeitem]')]"
    private static let selectedText = "document.querySelector('.lane-row[aria-selected=true]')?.innerText"

    private static func caret(_ blocker: Int) -> String {
        "document.querySelectorAll('.lane-row.blocker .caret')[\(blocker)]"
    }

    /// Two chains that haven't ended, and one that waits for both.
    private static func waiting() -> (paint: SampleChain, glue: SampleChain, chair: SampleChain) {
        var paint = SampleChain("mix-paint", number: 2, at: 0, service: "lab")
        paint.process(.init(at: 10, length: 40, result: "failed", error: "NoBlue", dueAgain: 60_000))
        var glue = SampleChain("boil-glue", number: 3, at: 0)
        glue.process(.init(at: 5, length: 10, result: "failed", error: "NoBones", dueAgain: 60_000))
        var chair = SampleChain("build-chair", number: 1, at: 20)
        chair.waits(for: [paint, glue])
        return (paint, glue, chair)
    }

    @Test("V04 the arrow keys reach each row of the lanes in turn, those of a job that was tried again as well")
    func keysPastRetries() async throws {
        try await withPage(SampleChain.order()) { browser, _ in
            try await browser.go("#/chain/chain-1")
            // Six jobs, seven attempts of those that were tried more than once, and five chains that were waited for.
            try await browser.wait(for: "\(Self.rows).length === 18")
            try await browser.run("document.getElementById('lanes').focus()")
            let selected = "\(Self.rows).flatMap((row, index) => (row.ariaSelected === 'true' ? [index] : [])).join()"
            for index in 0..<18 {
                try await browser.press("ArrowDown")
                try await browser.wait(for: "\(selected) === '\(index)'")
            }
            try await browser.press("ArrowUp")
            try await browser.wait(for: "\(selected) === '16'")
            let active = "document.getElementById('lanes').getAttribute('aria-activedescendant')"
            let isSelected = try await browser.text("document.getElementById(\(active)).ariaSelected")
            #expect(isSelected == "true")
            // The span of a job's row is its last attempt's, which has a row of its own.
            try await browser.run("document.querySelectorAll('#attempts tbody tr')[4].click()")
            try await browser.wait(for: "\(Self.selectedText).includes('attempt 3')")
        }
    }

    @Test("V05 the keys reach a chain that a job still waits for, open it and close it")
    func keysToOpenBlockers() async throws {
        let (paint, glue, chair) = Self.waiting()
        try await withPage(paint.spans + glue.spans + chair.spans) { browser, client in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "\(Self.caret(0)).innerText === '▼'")
            try await browser.run("document.getElementById('lanes').focus()")
            try await browser.press("ArrowDown")
            try await browser.wait(for: "\(Self.selectedText).includes('build-chair')")
            try await browser.press("End")
            try await browser.wait(for: "\(Self.selectedText).includes('boil-glue')")
            // Nobody has told a span of it that could be shown.
            let isHidden = try await browser.text("document.getElementById('detail').hidden")
            #expect(isHidden == "true")
            // What is under way is drawn anew at each change.
            try await browser.run("document.querySelector('.lane-canvas').title = 'old'")
            try await export([Sample.span(trace: 900, name: "something else")], to: client)
            try await browser.wait(for: "document.querySelector('.lane-canvas').title === ''")
            let selected = try await browser.text(Self.selectedText)
            #expect(selected.contains("boil-glue"))
            try await browser.press("ArrowRight")
            try await browser.wait(for: "\(Self.caret(1)).innerText === '▼'")
            try await browser.press("ArrowLeft")
            try await browser.wait(for: "\(Self.caret(1)).innerText === '▶'")
            try await browser.press("ArrowUp")
            try await browser.wait(for: "\(Self.selectedText).includes('mix-paint')")
        }
    }

    @Test("V05 what somebody opens or closes in the lanes stays so while the chain is under way")
    func staysOpen() async throws {
        let (paint, glue, chair) = Self.waiting()
        try await withPage(paint.spans + glue.spans + chair.spans) { browser, client in
            try await browser.go("#/chain/chain-1")
            try await browser.wait(for: "\(Self.caret(0)).innerText === '▼'")
            try await browser.run("\(Self.caret(0)).click()")
            try await browser.wait(for: "\(Self.caret(0)).innerText === '▶'")
            try await browser.run("\(Self.caret(1)).click()")
            try await browser.wait(for: "\(Self.caret(1)).innerText === '▼'")
            var glue = glue
            // Twice: the first time, what is opened by itself is looked for after the lanes were drawn.
            for attempts in 2...3 {
                let due = UInt64(attempts - 1) * 60_000
                glue.process(
                    .init(at: due + 10, length: 10, result: "failed", error: "NoBones", dueAgain: due + 60_000))
                try await export(glue.spans, to: client)
                try await browser.wait(
                    for: "document.querySelectorAll('.lane-row.attempt').length === \(attempts)")
            }
            let first = try await browser.text("\(Self.caret(0)).innerText")
            #expect(first == "▶")
        }
    }
}
