import Testing

// One compiler at a time: each takes a core for a second or two.
@Suite("Code in the pages", .serialized) struct CodeBlockTests {
    @Test("compiles as it stands", arguments: try CodeBlock.all())
    func compiles(_ block: CodeBlock) throws {
        let verdict = try SwiftCompiler.check(block.file)
        #expect(verdict.isAccepted, "\(block.testDescription)\n\(verdict.output)")
    }

    @Test("is found, and a mistake in it would be")
    func findsMistakes() throws {
        #expect(try CodeBlock.all().contains { $0.page == "README.md" })
        let wrong = CodeBlock(page: "wrong", line: 1, code: "import Queuert\nlet number: Int = \"text\"")
        #expect(try SwiftCompiler.check(wrong.file).output.contains("cannot convert value of type 'String'"))
    }
}
