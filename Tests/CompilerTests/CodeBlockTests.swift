import Foundation
import Testing

@Suite("Code in the pages") struct CodeBlockTests {
    @Test("compiles as it stands", arguments: try CodeBlock.all())
    func compiles(_ block: CodeBlock) async throws {
        let result = try await SwiftCompiler.compile(block.file)
        #expect(result.status == 0, "\(block.testDescription)\n\(result.output)")
    }

    @Test(
        "is refused where its first line says what nobody knows, since it would not be compiled",
        arguments: ["```swift example", "```swift  program", "```Swift", "  ```swift", "````swift", "``` swift"])
    func unknownFence(_ fence: String) throws {
        let page = Page(path: "page.md", text: "\n\(fence)\nlet number = 1\n```\n")
        let error = try #require(throws: CodeBlock.UnknownFence.self) { try CodeBlock.blocks(in: page) }
        #expect(error.description.hasPrefix("page.md:2: \(fence) should be"))
        let right = Page(
            path: "page.md", text: "```swift\nlet a = 1\n```\n```text\n```\n```swift program\nlet b = 1\n```")
        #expect(try CodeBlock.blocks(in: right).map(\.code) == ["let a = 1", "let b = 1"])
    }

    @Test("of an example, in the guide to stopping, is what the example has")
    func quoted() throws {
        let source = try Page.read("Examples/http-service/Sources/WorkerService.swift").text
        let start = try #require(source.range(of: "struct WorkerService"))
        let lines = source[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
        let quoted = lines.map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
        let isQuoted = try Page.read("docs/guides/stopping.md").text.contains(quoted)
        #expect(isQuoted, "\(quoted)")
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
