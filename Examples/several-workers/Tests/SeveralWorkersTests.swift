import ExamplePostgresTesting
import ExampleSupport
import Foundation
import Queuert
import QueuertPostgres
import Testing

@testable import SeveralWorkers

@Suite("Several workers", .timeLimit(.minutes(3))) struct SeveralWorkersTests {
    @Test("share the work of one database, and one that is killed in the midst loses nothing and does nothing twice")
    func killed() async throws {
        try await withExampleDatabase { database in
            let observer = try await Observer(database: database)
            let survivors = try ["one", "two"].map { try observer.startProcess($0, "both") }
            var lostAttempts = 0
            repeat {
                let victim = try observer.startProcess("three", "both")
                // Stopped first, so that it has jobs when it is killed, unless the server still commits what it has sent:
                // then another one is killed.
                try await waitUntil(survivors + [victim]) {
                    if try await observer.openJobs() < 30 { try await observer.takeOrders(30) }
                    victim.send(SIGSTOP)
                    if try await observer.jobsHeld(by: "three") > 0 { return true }
                    victim.send(SIGCONT)
                    return false
                }
                victim.send(SIGKILL)
                #expect(await victim.end() == .init(status: SIGKILL, isKilled: true))
                try await waitUntil(survivors) { try await observer.openJobs() == 0 }
                // The killed one's attempts are taken back.
                lostAttempts = try await observer.number(
                    "SELECT count(*) FROM queuert_job_attempt WHERE outcome = 'lost'")
            } while lostAttempts == 0
            for process in survivors { process.closeInput() }
            for process in survivors { #expect(await process.end() == .init(status: 0, isKilled: false)) }
            try await observer.expectEachOnce()
            await observer.depot.close()
        }
    }

    @Test("are woken by each other: a packer that looks once an hour hears of an order, and a van of what was packed")
    func wokenByOthers() async throws {
        try await withExampleDatabase { database in
            let observer = try await Observer(database: database)
            let packer = try observer.startProcess("packer", "packs", pollInterval: 3600)
            let van = try observer.startProcess("van", "ships", pollInterval: 3600)
            // The first may be found when they start. Of the others they hear only if they are told.
            for _ in 1...3 {
                let chain = try #require(try await observer.takeOrders(1).first)
                #expect(try await observer.depot.client.awaitJobChain(chain).output == "van")
            }
            for process in [packer, van] { process.closeInput() }
            for process in [packer, van] { #expect(await process.end() == .init(status: 0, isKilled: false)) }
            try await observer.expectEachOnce()
            await observer.depot.close()
        }
    }

    @Test("print an account that adds up")
    func program() async throws {
        try await withExampleDatabase { database in
            let process = try ChildProcess(try Observer.program, [database], readsOutput: true)
            var last: String?
            while let line = await process.line() { last = line }
            #expect(await process.end() == .init(status: 0, isKilled: false))
            #expect(last == "shipped in all: 200, taken from stock: 200")
        }
    }

    @Test("say what is wrong with their arguments", arguments: [["db", "worker"], ["db", "worker", "a", "flies"]])
    func wrongArguments(_ arguments: [String]) async throws {
        let process = try ChildProcess(try Observer.program, arguments)
        #expect(await process.end() == .init(status: 2, isKilled: false))
    }
}

/// Waits until other processes have come so far; one that ends instead fails the test.
///
/// They can't tell us, so we look again and again; how often has no influence on what the test finds.
private func waitUntil(_ processes: [ChildProcess], _ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        let areRunning = processes.allSatisfy(\.isRunning)
        try #require(areRunning, "a process ended too early")
        try await Task.sleep(for: .milliseconds(5))
    }
}
