import QueuertOTel
import Tracing
import XCTest

@testable import QueuertTraceTesting

/// The harness under XCTest: what it finds is a failure of the test, at the line of the expectation.
final class TraceTestingUnderXCTestTests: XCTestCase {
    /// Keeps failures instead of failing, while a test expects them.
    private final class Failures {
        var isExpected = false
        var found: [(text: String, file: String, line: Int)] = []
    }
    private let failures = Failures()

    #if canImport(Darwin)
    override func record(_ issue: XCTIssue) {
        guard failures.isExpected else { return super.record(issue) }
        let place = issue.sourceCodeContext.location
        failures.found.append((issue.compactDescription, place?.fileURL.path ?? "", place?.lineNumber ?? 0))
    }
    #else
    override func recordFailure(
        withDescription description: String, inFile filePath: String, atLine lineNumber: Int, expected: Bool
    ) {
        guard failures.isExpected else {
            return super.recordFailure(
                withDescription: description, inFile: filePath, atLine: lineNumber, expected: expected)
        }
        failures.found.append((description, filePath, lineNumber))
    }
    #endif

    /// Records, and has what is not as expected reported as XCTest reports its own assertions.
    ///
    /// The failures that are provoked leave no files behind.
    private func record(_ body: (TraceRecorder) async throws -> Void) async throws {
        try await FailureFile.$environment.withValue([FailureFile.variable: ""]) {
            try await withTraceRecording(
                reporting: { XCTFail($0.description, file: $0.filePath, line: $0.line) }, body)
        }
    }

    func testAnExpectationThatHoldsPasses() async throws {
        try await record { recorder in
            await withSpan("start order", ofKind: .producer) { _ in
                async let below: Void = withSpan("process order", ofKind: .consumer) { _ in }
                await below
            }
            try await recorder.expect {
                trace { span("start order", .producer) { span("process order", .consumer) } }
                noOpenSpans()
            }
        }
    }

    func testAFailureIsReportedAtTheLineOfTheExpectation() async throws {
        failures.isExpected = true
        var line: UInt = 0
        try await record { recorder in
            withSpan("process order") { _ in }
            line = #line + 1
            try await recorder.expect(within: .zero) { trace { span("start order") } }
            XCTFail("The closure ends where an expectation fails.")
        }
        failures.isExpected = false
        XCTAssertEqual(failures.found.map(\.line), [Int(line)])
        XCTAssertEqual(failures.found.map(\.file), ["\(#filePath as StaticString)"])
        XCTAssertTrue(failures.found.allSatisfy { $0.text.contains("a trace is missing: start order") })
    }

    func testAFailureOfTheInvariantsAndOfTheForestIsReportedThereToo() async throws {
        failures.isExpected = true
        var lines: [UInt] = []
        try await record { recorder in
            withSpan("process order") { $0.setStatus(SpanStatus(code: .ok)) }
            lines.append(#line + 1)
            try recorder.checkInvariants()
        }
        try await record { _ in
            lines.append(#line + 1)
            try TraceForest([]).expect { trace { span("start order") } }
        }
        failures.isExpected = false
        XCTAssertEqual(failures.found.map(\.line), lines.map { Int($0) })
    }

    func testAnErrorThatIsThrownTellsTheLineInItsText() async throws {
        let recorder = TraceRecorder()
        let line: UInt = #line + 3
        do {
            try await FailureFile.$environment.withValue([FailureFile.variable: ""]) {
                try await recorder.expect(within: .zero) { trace { span("start order") } }
            }
            XCTFail("The expectation can't hold.")
        } catch let mismatch as TraceMismatch {
            XCTAssertTrue(
                "\(mismatch)".contains("QueuertTraceTestingXCTests/TraceTestingUnderXCTestTests.swift:\(line)"))
        }
    }

    func testOtherErrorsComeThrough() async {
        struct Boom: Error {}
        do {
            try await record { _ in throw Boom() }
            XCTFail("The error was swallowed.")
        } catch {
            XCTAssertTrue(error is Boom)
        }
    }
}
