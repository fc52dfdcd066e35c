import Testing

@Suite("Links in the pages") struct LinkTests {
    @Test("lead to files and headings that are there", arguments: try Page.all())
    func resolve(_ page: Page) throws {
        let broken = try page.brokenLinks()
        #expect(broken.isEmpty, "\(page.path)")
    }

    @Test("are found, and one that leads nowhere would be")
    func findsBrokenOnes() throws {
        let page = Page(
            path: "docs/guides/wrong.md",
            text: """
                # A `heading`, twice
                ## A [heading](../tracing.md), twice
                [right](../tracing.md), [right](#a-heading-twice-1), ![right](../images/chain.png)
                [wrong](../none.md), [wrong](#none), [wrong](../logs.md#none)
                [elsewhere](https://example.org/none#none)

                ```text
                [code](none.md)
                ```
                """)
        #expect(try page.brokenLinks() == ["4: ../none.md", "4: #none", "4: ../logs.md#none"])
        #expect(try Page.all().contains { $0.path == "README.md" && $0.text.contains("](docs/") })
    }
}
