import ExampleSupport
import Foundation
import Glibc
import Queuert
import QueuertSQLite
import Testing

@testable import SeveralProcesses

@Suite("Several processes", .timeLimit(.minutes(3))) struct SeveralProcessesTests {
    @Test("share the work of one file, and a fourth that is killed in the midst loses nothing and does nothing twice")
    func killed() async throws {
        try await withTemporaryDatabase { file in
            let observer = try await Observer(file: file)
            let names = ["one", "two", "three", "four"]
            let processes = try names.map { try observer.startProcess($0) }
            var orders = 0
            func takeOrders(_ count: Int) async throws {
                try await observer.takeOrders(orders + 1...orders + count)
                orders += count
            }
            // Until each of the four has shipped something that this process started.
            try await waitUntil(processes) {
                if try await observer.openJobs() < 40 { try await takeOrders(40) }
                return try await observer.shippers() == Set(names)
            }
            // Stopped first, so that it surely has jobs when it is killed.
            let victim = processes[3]
            try await waitUntil(processes) {
                if try await observer.openJobs() < 40 { try await takeOrders(40) }
                victim.send(SIGSTOP)
                if try await observer.jobsHeld(by: "four") > 0 { return true }
                victim.send(SIGCONT)
                return false
            }
            victim.send(SIGKILL)
            #expect(await victim.end() == .init(status: SIGKILL, isKilled: true))

            try await waitUntil(Array(processes[..<3])) { try await observer.openJobs() == 0 }
            for process in processes[..<3] { process.closeInput() }
            for process in processes[..<3] { #expect(await process.end() == .init(status: 0, isKilled: false)) }
            try await observer.expectEachOnce(orders)
            // The killed one's attempts were taken back.
            #expect(try await observer.number("SELECT count(*) FROM queuert_job_attempt WHERE outcome = 'lost'") > 0)
            await observer.close()
        }
    }

    @Test("that all start orders and work at once, four of them, wait for each other's locks and do each order once")
    func startersAndWorkers() async throws {
        try await withTemporaryDatabase { file in
            let observer = try await Observer(file: file)
            // Each order is taken by two processes, so their transactions want the same.
            let ranges = [1...60, 31...90, 61...120, 1...30]
            let processes = try ranges.enumerated().map { index, range in
                try observer.startProcess("process \(index)", orders: range)
            }
            try await waitUntil(processes) {
                let orders = try await observer.number("SELECT count(*) FROM orders")
                let open = try await observer.openJobs()
                return orders == 120 && open == 0
            }
            for process in processes { process.closeInput() }
            for process in processes { #expect(await process.end() == .init(status: 0, isKilled: false)) }
            try await observer.expectEachOnce(120)
            // Waiting for a lock fails no attempt. A lease may be lost on a machine that is so busy, and costs time only.
            #expect(try await observer.number("SELECT count(*) FROM queuert_job_attempt WHERE outcome <> 'lost'") == 0)
            await observer.close()
        }
    }

    @Test("wait for each other's locks for less than a lease, so that nobody loses a job by waiting")
    func leases() { #expect(Warehouse.leaseDuration > Warehouse.busyTimeout) }

    @Test("print an account that adds up")
    func program() async throws {
        let process = Process()
        process.executableURL = try Observer.program
        let output = Pipe()
        process.standardOutput = output
        let (ended, continuation) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
        // So short a text fits into the pipe.
        for await _ in ended {}
        #expect(process.terminationStatus == 0)
        let text = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(text.hasSuffix("shipped in all: 200, taken from stock: 200\n"), "\(text)")
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
