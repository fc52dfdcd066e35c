import ExampleSupport
import Foundation
import Queuert
import QueuertPostgres

/// Ships parcels with five processes on one PostgreSQL database, and prints which process shipped how many.
///
///     several-workers DATABASE                                the first process: it starts the other four
///     several-workers DATABASE worker NAME WORK [INTERVAL]    another one, which packs, ships, or does "both"
///
/// The interval, in seconds, is how often it looks for jobs that it was not told of.
@main
struct SeveralWorkers {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            if arguments.count <= 1 {
                try await leadOthers(on: arguments.first ?? "")
            } else if let worker = WorkerArguments(arguments) {
                try await work(worker)
            } else {
                complain("usage: several-workers DATABASE [worker NAME packs|ships|both [INTERVAL]]")
                exit(2)
            }
        } catch let error as PostgresError {
            complain("the database can't be used: \(error.reason). \(error.hint)")
            exit(1)
        }
    }

    private static func complain(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

    /// Works until whoever started this process has closed its standard input, be it by dying.
    private static func work(_ arguments: WorkerArguments) async throws {
        let depot = try await Depot(database: arguments.database)
        try await depot.working(arguments.work, name: arguments.name, pollInterval: arguments.pollInterval) {
            await ChildProcess.waitForEndOfInput()
        }
        await depot.close()
    }

    /// Starts the other processes and all orders, and waits until everything is shipped.
    private static func leadOthers(on database: String) async throws {
        guard let program = Bundle.main.executableURL else { return }
        let depot = try await Depot(database: database)
        try await depot.client.adapter.pool.write { db in
            _ = try db.execute("TRUNCATE orders, shipments")
            _ = try db.execute("UPDATE stock SET taken = 0")
        }
        // One that packs, and three that ship: this process has no worker, and starts the orders only.
        let others = try [("the packer", "packs"), ("van 1", "ships"), ("van 2", "ships"), ("van 3", "ships")].map {
            name, work in
            try ChildProcess(program, [database, "worker", name, work])
        }
        let chains = try await depot.takeOrders(1...200)
        for chain in chains { _ = try await depot.client.awaitJobChain(chain) }
        for other in others { other.closeInput() }
        for other in others { _ = await other.end() }
        for line in try await depot.account() { print(line) }
        await depot.close()
    }
}

/// What a process is told that works for another.
private struct WorkerArguments {
    let database: String
    let name: String
    let work: Set<Depot.Work>
    let pollInterval: Duration

    init?(_ arguments: [String]) {
        guard 4...5 ~= arguments.count, arguments[1] == "worker" else { return nil }
        database = arguments[0]
        name = arguments[2]
        if arguments[3] == "both" {
            work = Set(Depot.Work.allCases)
        } else if let one = Depot.Work(rawValue: arguments[3]) {
            work = [one]
        } else {
            return nil
        }
        guard arguments.count == 5 else {
            pollInterval = .seconds(1)
            return
        }
        guard let seconds = Int(arguments[4]), seconds > 0 else { return nil }
        pollInterval = .seconds(seconds)
    }
}
