#if CommandLine
import Queuert
import Testing

@testable import QueuertCommands

@Suite("Commands on jobs whose identifiers are of any form", .serialized, .timeLimit(.minutes(20)))
struct OddIdentifierTests {
    /// What would clear the screen, and what a shell would take for something else.
    private static let id = JobID(rawValue: "order 7\u{1b}[2J; it's $(true)")
    private static let shown = #"order 7\u{1b}[2J; it's $(true)"#
    private static let quoted = #"'order 7\#u{1b}[2J; it'\''s $(true)'"#

    /// Starts a chain with the odd identifier.
    private func start(on queue: any QueueUnderTest, due schedule: Schedule = .now) async throws {
        let job = NewJob(
            id: Self.id, typeName: "import", chainID: Self.id, chainTypeName: "import", chainIndex: 0,
            input: Secrets.input, schedule: schedule)
        _ = try await queue.run { try $0.insertJobs([job]) }
    }

    @Test("show nothing to the terminal that it would do, and hints quote them for the shell")
    func failed() async throws {
        try await withQueue(.sqlite, age: .seconds(3_600)) { queue in
            try await start(on: queue)
            try await queue.settle(try await queue.claim(), .failed(error: Secrets.error, .failed))
            let blocked = try await queue.start("report", waitingFor: [Self.id])
            let hints = [
                try await queue.command("why", Self.id.rawValue, "--json").json["why"]["hint"].text,
                try await queue.command("why", blocked.rawValue, "--json").json["why"]["hint"].text,
                try await queue.command("doctor", "--json").json["findings"].items
                    .first { $0["code"].text == "blockedForEver" }?["hint"].text,
            ]
            for hint in hints {
                #expect(hint?.contains("queuert redrive \(Self.quoted)") == true, "\(hint ?? "")")
            }
            let refused = await queue.command("trigger", Self.id.rawValue)
            #expect(refused.status == 1)
            #expect(refused.errors.contains(Self.shown), "\(refused.errors)")
            let run = await queue.command("redrive", Self.id.rawValue)
            #expect(run.output == "redriven \(Self.shown) (import) of chain \(Self.shown)\n", "\(run.errors)")
            let why = await queue.command("why", Self.id.rawValue)
            for text in [refused.errors, run.output, why.output] {
                #expect(!text.contains("\u{1b}"), "\(text)")
            }
        }
    }

    @Test("show nothing to the terminal either of jobs that are made due")
    func triggered() async throws {
        try await withQueue(.sqlite) { queue in
            try await start(on: queue, due: .after(.seconds(3_600)))
            let why = try await queue.command("why", Self.id.rawValue, "--json").json["why"]["hint"].text
            #expect(why == "To run it now: queuert trigger \(Self.quoted)")
            let run = await queue.command("trigger", Self.id.rawValue)
            #expect(run.output == "triggered \(Self.shown)\n", "\(run.errors)")
        }
    }

    @Test(
        "a word for a shell is quoted only if it has to be",
        arguments: [
            ("0193a1b2-0000-7000-8000-000000000001", "0193a1b2-0000-7000-8000-000000000001"), ("a.b_c", "a.b_c"),
            ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("$x", "'$x'"), ("é", "'é'"), ("-x", "-- -x"),
        ])
    func words(_ text: String, _ word: String) { #expect(text.shellWord == word) }
}
#endif
