import ExampleSupport
import Foundation
import Queuert
import QueuertSQLite

/// Ships parcels with four processes on one SQLite file, and prints which process shipped how many.
///
///     several-processes                                    the first process: it starts the other three
///     several-processes worker FILE NAME [FIRST LAST]      another one, which starts the orders from FIRST to LAST itself
@main
struct SeveralProcesses {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "worker" {
            try await work(Array(arguments.dropFirst()))
        } else {
            try await withTemporaryDatabase { file in try await leadOthers(on: file) }
        }
    }

    /// Works until whoever started this process has closed its standard input, be it by dying.
    private static func work(_ arguments: [String]) async throws {
        guard arguments.count == 2 || arguments.count == 4 else {
            print("usage: several-processes worker FILE NAME [FIRST LAST]")
            exit(2)
        }
        let warehouse = try await Warehouse(file: arguments[0], name: arguments[1])
        try await warehouse.working {
            if arguments.count == 4, let first = Int(arguments[2]), let last = Int(arguments[3]), first <= last {
                try await warehouse.takeOrders(first...last)
            }
            await ChildProcess.waitForEndOfInput()
        }
    }

    /// Starts the other processes and all orders, and waits until everything is shipped.
    private static func leadOthers(on file: String) async throws {
        guard let program = Bundle.main.executableURL else { return }
        let warehouse = try await Warehouse(file: file, name: "first")
        let others = try ["second", "third", "fourth"].map { name in
            try ChildProcess(program, ["worker", file, name])
        }
        try await warehouse.working {
            let chains = try await warehouse.takeOrders(1...200)
            for chain in chains { _ = try await warehouse.client.awaitJobChain(chain) }
        }
        for other in others { other.closeInput() }
        for other in others { _ = await other.end() }
        for line in try await Warehouse.account(of: file) { print(line) }
    }
}
