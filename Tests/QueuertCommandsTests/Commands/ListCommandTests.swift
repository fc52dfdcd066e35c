#if CommandLine
import Queuert
import Testing

@Suite("The commands `jobs` and `chains`", .serialized, .timeLimit(.minutes(20))) struct ListCommandTests {
    @Test("list what there is, without what the jobs hold", arguments: DatabaseKind.allCases)
    func list(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let completed = try await queue.startCompleted()
            let failed = try await queue.startFailed("export")
            for command in ["jobs", "chains"] {
                let text = await queue.command(command)
                #expect(text.status == 0)
                let json = await queue.command(command, "--json")
                let items = try json.json[command].items
                #expect(items.map { $0["id"].text } == [failed.rawValue, completed.rawValue])
                #expect(items.map { $0["type"].text } == ["export", "import"])
                #expect(items.map { $0["status"].text } == ["failed", "completed"])
                #expect(try json.json["next"].isNull)
                for run in [text, json] {
                    #expect(run.output.contains(completed.rawValue))
                    #expect(run.output.contains("failed"))
                    #expect(!run.output.contains("secret"), "\(run.output)")
                }
            }
        }
    }

    @Test("show what the jobs hold on request", arguments: DatabaseKind.allCases)
    func showData(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            _ = try await queue.startCompleted()
            _ = try await queue.startFailed("export")
            for command in ["jobs", "chains"] {
                let items = try await queue.command(command, "--json", "--show-data").json[command]
                #expect(items[0]["input"].text == Secrets.input)
                #expect(items[0]["output"].isNull)
                #expect(items[0]["lastError"].text == Secrets.error)
                #expect(items[1]["output"].text == Secrets.output)
                let text = await queue.command(command, "--show-data").output
                for secret in [Secrets.input, Secrets.output, Secrets.error] { #expect(text.contains(secret)) }
            }
        }
    }

    @Test("find by type, state and time", arguments: DatabaseKind.allCases)
    func filters(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(7_200)) { queue in
            let old = try await queue.startCompleted()
            queue.clock.advance(by: .seconds(7_100))
            let failed = try await queue.startFailed("export")
            let blocker = try await queue.start("import")
            let blocked = try await queue.start("report", waitingFor: [blocker])

            func found(_ arguments: String...) async throws -> [String?] {
                let run = await CommandRun(arguments + ["--json", "--oldest-first"] + queue.arguments)
                #expect(run.status == 0, "\(run.errors)")
                return try run.json[arguments[0]].items.map { $0["id"].text }
            }
            for command in ["jobs", "chains"] {
                #expect(try await found(command, "--type", "export") == [failed.rawValue])
                #expect(
                    try await found(command, "--status", "failed", "--state", "blocked")
                        == [failed.rawValue, blocked.rawValue])
                #expect(try await found(command, "--created-before", "1h") == [old.rawValue])
                #expect(try await found(command, "--created-from", "1h", "--type", "import") == [blocker.rawValue])
                #expect(try await found(command, "--created-before", "2020-01-01").isEmpty)
            }
            #expect(try await found("jobs", "--chain", blocked.rawValue) == [blocked.rawValue])
            #expect(try await found("jobs", "--waiting-for", blocker.rawValue) == [blocked.rawValue])
            #expect(try await found("jobs", "--chain-type", "report") == [blocked.rawValue])
            #expect(try await !found("chains", "--roots").contains(blocker.rawValue))
            let none = await queue.command("jobs", "--type", "unheard-of")
            #expect(none.output == "There are no such jobs.\n")
        }
    }

    @Test("take the times back that they show, which are in UTC as the help says", arguments: DatabaseKind.allCases)
    func times(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(7_200)) { queue in
            let old = try await queue.start()
            queue.clock.advance(by: .seconds(3_600))
            let new = try await queue.start()
            for command in ["jobs", "chains"] {
                let text = await queue.command(command).output
                let shown = try #require(text.firstMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/)?.output)
                for (option, id) in [("--created-from", new), ("--created-before", old)] {
                    let items = try await queue.command(command, option, String(shown), "--json").json[command].items
                    #expect(items.map { $0["id"].text } == [id.rawValue])
                }
                #expect(await CommandRun([command, "--help"]).output.contains("UTC"))
            }
        }
    }

    @Test("find as ready what is in line, though by the clock it is due later", arguments: DatabaseKind.allCases)
    func clockSetBack(_ kind: DatabaseKind) async throws {
        // The clock by which it was put in line was an hour ahead.
        try await withQueue(kind, age: .seconds(-3_600)) { queue in
            let ready = try await queue.start()
            let later = try await queue.start("export", due: .after(.seconds(3_600)))
            for command in ["jobs", "chains"] {
                for (status, id) in [("ready", ready), ("scheduled", later)] {
                    let items = try await queue.command(command, "--status", status, "--json").json[command].items
                    #expect(items.map { $0["id"].text } == [id.rawValue])
                    #expect(items.map { $0["status"].text } == [status])
                }
            }
        }
    }

    @Test("go on from page to page", arguments: DatabaseKind.allCases)
    func pages(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            var started: [String] = []
            for _ in 0..<5 { started.append(try await queue.start().rawValue) }
            for command in ["jobs", "chains"] {
                var found: [String] = []
                var cursor: [String] = []
                repeat {
                    let arguments = [command, "--json", "--oldest-first", "--limit", "2"] + cursor + queue.arguments
                    let page = try await CommandRun(arguments).json
                    found += page[command].items.compactMap { $0["id"].text }
                    cursor = page["next"].text.map { ["--after", $0] } ?? []
                } while !cursor.isEmpty
                #expect(found == started)
            }
            let text = await queue.command("jobs", "--limit", "2").output
            #expect(text.contains("There is more: --after "))
            let wrong = await queue.command("jobs", "--after", "nonsense")
            #expect(wrong.status == 1)
            #expect(wrong.errors.contains("The cursor is not one that this list gave out"))
        }
    }
}
#endif
