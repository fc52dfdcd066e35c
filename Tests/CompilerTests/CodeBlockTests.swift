import Testing

@Suite("Code in the pages") struct CodeBlockTests {
    @Test("compiles as it stands", arguments: try CodeBlock.all())
    func compiles(_ block: CodeBlock) async throws {
        let result = try await SwiftCompiler.compile(block.file)
        #expect(result.status == 0, "\(block.testDescription)\n\(result.output)")
    }

    @Test("is found, and a mistake in it would be")
    func findsMistakes() async throws {
        #expect(try CodeBlock.all().contains { $0.page == "README.md" })
        // Its blocks are one program.
        let tutorial = try CodeBlock.all().filter { $0.page == "docs/tutorial.md" }
        #expect(tutorial.count == 1 && tutorial[0].code.contains("enum PlaceOrder"))
        let wrong = CodeBlock(page: "wrong", line: 1, code: "import Queuert\nlet number: Int = \"text\"")
        let result = try await SwiftCompiler.compile(wrong.file)
        #expect(result.output.contains("cannot convert value of type 'String'"))
    }
}
