import Foundation
import Testing

@Suite("The receiver's contract") struct ReceiverContractTests {
    @Test("each of its points R01 to R13 has a test that is named after it", arguments: 1...13)
    func named(_ number: Int) throws {
        let id = "R" + (number < 10 ? "0" : "") + String(number)
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        let hasTest = files.contains { file in
            guard let url = file as? URL, url.pathExtension == "swift" else { return false }
            return (try? String(contentsOf: url, encoding: .utf8))?.contains("\"\(id) ") == true
        }
        #expect(hasTest, "no test is named \(id)")
    }
}
