import Foundation
import Testing

@Suite("The contract of the viewer") struct ViewerContractTests {
    @Test("each of V01 to V09 is the name of a test")
    func ids() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var named: Set<String> = []
        for case let file as URL in files
        where file.pathExtension == "swift" && file.lastPathComponent != "ViewerContractTests.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for test in text.matches(of: /@Test\(\s*"([^"]*)"/) {
                for id in test.1.matches(of: /V0\d/) { named.insert(String(id.0)) }
            }
        }
        #expect(named == Set((1...9).map { "V0\($0)" }))
    }
}
