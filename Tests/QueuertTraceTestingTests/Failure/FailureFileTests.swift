import Foundation
import QueuertOTel
import Testing

@testable import QueuertTraceTesting

@Suite("The file of a failure", .removedFailures)
struct FailureFileTests {
    static let forest = TraceForest([
        recorded(1, "start order", kind: .producer),
        recorded(
            2, "process order", below: 1, kind: .consumer, attributes: ["n": 3], links: [link(1, type: "creation")]),
    ])
    static let place = SourcePlace("OrderTests/OrderTests.swift", "OrderTests.swift", 42)

    @Test("A3 a failure says where the recorded spans are, as OTLP that can be read again")
    func written() async throws {
        let mismatch = try #require(throws: TraceMismatch.self) { try Self.forest.expect {} }
        let path = try #require(mismatch.tracesFile)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(mismatch.description.contains("The recorded spans are in \(path), as OTLP in JSON"))
        #expect(path.hasSuffix(".jsonl") && path.contains("FailureFileTests-"))
        let again = try await TraceFile(path).read()
        #expect(again.description == Self.forest.description && again.spans == Self.forest.spans)
    }

    @Test("A3 FAILED_TRACES names the folder, and an empty one turns the files off")
    func folder() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "queuert-failed-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard
            case .written(let path) = FailureFile.write(Self.forest, Self.place, environment: ["FAILED_TRACES": folder])
        else {
            Issue.record("nothing was written")
            return
        }
        #expect(path.hasPrefix(folder + "/OrderTests-42-"))
        #expect(FailureFile.write(Self.forest, Self.place, environment: ["FAILED_TRACES": ""]) == nil)
        #expect(FailureFile.write(TraceForest([]), Self.place, environment: [:]) == nil)
    }

    @Test("A3 a file that can't be written is told, and hides nothing of the failure")
    func notWritten() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "queuert-\(UUID().uuidString)").path
        try Data().write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        guard
            case .failed(let reason) = FailureFile.write(Self.forest, Self.place, environment: ["FAILED_TRACES": file])
        else {
            Issue.record("a file can't be a folder")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("A3 spans of several services keep them")
    func services() async throws {
        let services = Dictionary(
            uniqueKeysWithValues: Self.forest.spans.map {
                (SpanIdentity($0.context), $0.kind == .producer ? "shop" : "stock")
            })
        let forest = TraceForest(Self.forest.spans, conventions: .queuert, services: services, detached: [])
        guard case .written(let path) = FailureFile.write(forest, Self.place, environment: [:]) else {
            Issue.record("nothing was written")
            return
        }
        defer { try? FileManager.default.removeItem(atPath: path) }
        let again = try await TraceFile(path).read()
        #expect(again.service(of: context(1)) == "shop" && again.service(of: context(2)) == "stock")
        try again.expect {
            trace { span("start order") { span("process order").service("stock") }.service("shop") }
        }
    }
}
