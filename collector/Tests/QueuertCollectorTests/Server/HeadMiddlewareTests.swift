import Foundation
import Testing

@testable import QueuertCollector

@Suite("Answers to HEAD") struct HeadMiddlewareTests {
    @Test("have the head that GET has, and no body that could be taken for the beginning of the next answer")
    func bodies() async throws {
        try await withCollector { client, _ async throws in
            let requests = [
                ("HEAD", "/health"), ("HEAD", "/api/traces"), ("HEAD", "/"), ("HEAD", "/nothing"),
                ("HEAD", "/v1/traces"), ("HEAD", "/api/traces/x"), ("HEAD", "/api/export"), ("GET", "/health"),
            ].map { method, path in "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n" }
            let text = requests.joined(separator: "\r\n") + "Connection: close\r\n\r\n"
            let answers = try await RawConnection.exchange(text, port: client.port)
                .components(separatedBy: "HTTP/1.1 ").dropFirst()
            #expect(answers.map { $0.prefix(3) } == ["200", "200", "200", "404", "405", "400", "200", "200"])
            for answer in answers.dropLast() { #expect(answer.hasSuffix("\r\n\r\n")) }
            #expect(answers.last?.hasSuffix(#"{"status":"ok"}"#) == true)
            for answer in [answers.first, answers.last] {
                #expect(answer?.lowercased().contains("content-length: 15\r\n") == true)
            }
            #expect(answers.dropFirst().first?.lowercased().contains("etag: ") == true)
        }
    }
}
