import Foundation
import Glibc
import Testing

@Suite("The trace", .timeLimit(.minutes(3))) struct TraceTests {
    @Test("of a killed attempt is a span with worker_lost and its children, and the retry links to it")
    func killedAttempt() async throws {
        try await withTemporaryFolder { folder in
            let pipe = try NamedPipe("pipe", in: folder)
            let index = try await StoredIndex(folder)
            let sink = try SpanSink()
            let first = try folder.index(lease: 1, environment: sink.environment)
            var chain: String?
            var prepared: ReceivedSpan?
            // The attempt waits for the pipe, and what it has done before has been sent.
            try await waitUntil(first) {
                chain = try await index.chain(of: "pipe")
                prepared = sink.spans.first {
                    $0.name == "prepare index-file" && $0.attributes["queuert.chain.id"] == chain
                }
                return prepared != nil
            }
            first.send(SIGKILL)
            #expect(try await first.end().isKilled)
            let second = try folder.index(lease: 1, environment: sink.environment)
            try await pipe.write("the words of the pipe", to: second)
            #expect(try await second.end().code == 0)

            let spans = sink.spans
            let child = try #require(prepared)
            let killed = spans.filter { $0.spanID == child.parentID }
            #expect(killed.count == 1)
            let attempt = try #require(killed.first)
            #expect(attempt.name == "process index-file")
            #expect(attempt.traceID == child.traceID)
            #expect(attempt.isError)
            #expect(attempt.attributes["error.type"] == "worker_lost")
            #expect(attempt.attributes["queuert.job.attempt"] == "1")
            #expect(spans.contains { $0.parentID == child.spanID && $0.name == "look up document" })
            let attempts = spans.filter {
                $0.name == "process index-file" && $0.attributes["queuert.chain.id"] == chain
            }
            let completed = try #require(attempts.first { $0.attributes["queuert.attempt.result"] == "completed" })
            // On a busy machine a lease may run out once more; each attempt links to the one before.
            var linked: [String] = []
            var next: ReceivedSpan? = completed
            while let retry = next, let link = retry.links.first(where: { $0.type == "retry_of" }) {
                linked.append(link.spanID)
                next = attempts.first { $0.spanID == link.spanID }
            }
            #expect(linked.last == attempt.spanID)
            #expect(linked.count == attempts.count - 1)
            #expect(completed.traceID == attempt.traceID)
            #expect(spans.contains { $0.parentID == completed.spanID && $0.name == "read file" })
            await index.close()
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }

    @Test("of a file that was made to fail has two failed attempts and a third, with its error's sentence")
    func failedAttempts() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("some words", to: "a.txt")
            try folder.write("other words", to: "b.txt")
            let sink = try SpanSink()
            let ending = try await folder.index("--fail-first", environment: sink.environment).end()
            #expect(ending.code == 0, "\(ending)")
            #expect(!ending.errors.contains("could not be delivered"))
            let line = try #require(ending.output.firstMatch(of: /chain of the file that failed twice: (\S+) a\.txt/))
            let attempts = sink.spans.filter {
                $0.name == "process tokenise" && $0.attributes["queuert.chain.id"] == String(line.1)
            }.sorted {
                $0.attributes["queuert.job.attempt", default: ""] < $1.attributes["queuert.job.attempt", default: ""]
            }
            #expect(attempts.map { $0.attributes["error.type"] } == ["TokenisingError", "TokenisingError", nil])
            #expect(attempts.map(\.isError) == [true, true, false])
            let retries = attempts.map { $0.links.filter { $0.type == "retry_of" }.map(\.spanID) }
            #expect(retries == [[], [attempts[0].spanID], [attempts[1].spanID]])
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }

    @Test("of the report tells which chains it waited for, and is one with the scan's")
    func report() async throws {
        try await withTemporaryFolder { folder in
            for name in ["a", "b", "c"] { try folder.write("some words", to: "\(name).txt") }
            let sink = try SpanSink()
            #expect(try await folder.index(environment: sink.environment).end().code == 0)
            let spans = sink.spans
            let report = try #require(spans.first { $0.name == "process write-report" })
            let chains = Set(spans.filter { $0.name == "start index-file" }.map(\.spanID))
            #expect(chains.count == 3)
            #expect(Set(report.links.filter { $0.type == "blocker" }.map(\.spanID)) == chains)
            #expect(spans.count { $0.name == "await index-file" } == 3)
            #expect(spans.contains { $0.parentID == report.spanID && $0.name == "rank terms" })
            #expect(Set(spans.map(\.traceID)).count == 1)
        }
    }
}
