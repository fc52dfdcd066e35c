import GRDB
import Queuert
import QueuertGRDB

/// A bookshop whose data GRDB keeps.
struct Bookshop: Sendable {
    let client: Client<GRDBStateAdapter>
    var database: any DatabaseWriter { client.adapter.writer }

    /// What a web service calls, in a write of GRDB's: nothing here is asynchronous.
    ///
    /// Each book is a part of the write that is undone alone, with its chain, when there is no copy left.
    ///
    /// - Returns: The chains of the books that can be had.
    func order(_ titles: [String], by reader: String) throws -> [Chain<PackBook>] {
        try database.write { db in
            var chains: [Chain<PackBook>] = []
            for title in titles {
                try db.inSavepoint {
                    var order = Order(reader: reader, title: title)
                    try order.insert(db)
                    let chain = try client.startJobChain(
                        PackBook.self, input: .init(orderID: db.lastInsertedRowID), on: db)
                    try db.execute(
                        sql: "UPDATE books SET copies = copies - 1 WHERE title = ? AND copies > 0", arguments: [title])
                    if db.changesCount == 0 { return .rollback }
                    chains.append(chain)
                    return .commit
                }
            }
            return chains
        }
    }

    /// How many orders are not packed yet, now and whenever that changes: GRDB sees what the queue's handlers write.
    var openOrders: AsyncValueObservation<Int> {
        ValueObservation
            .tracking { db in try Order.filter(Column("isPacked") == false).fetchCount(db) }
            .removeDuplicates()
            .values(in: database)
    }

    static let processors: [Processor<GRDBStateAdapter>] = [
        // One transaction: the record and what the job continues with.
        .atomic(PackBook.self) { job, db in
            let database = try db.database
            var order = try Order.find(database, key: job.input.orderID)
            try order.updateChanges(database) { $0.isPacked = true }
            return .continueWith(\.receipt, input: .init(reader: order.reader, title: order.title))
        },
        .detached(SendReceipt.self) { job in .finish("\(job.input.title) is on its way to \(job.input.reader)") },
    ]
}
