import GRDB
import Queuert
import QueuertGRDB

/// A book in stock.
struct Book: Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "books"
    var title: String
    var copies: Int
}

/// A book that a reader wants.
struct Order: Codable, FetchableRecord, MutablePersistableRecord {
    static let databaseTableName = "orders"
    var id: Int64?
    var reader: String
    var title: String
    var isPacked = false

    mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

extension Bookshop {
    /// The shop's tables and the queue's, made by the steps of one migrator.
    static func migrator(_ adapter: GRDBStateAdapter) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("books and orders") { db in
            try db.create(table: Book.databaseTableName) { table in
                table.primaryKey("title", .text)
                table.column("copies", .integer).notNull().check { $0 >= 0 }
            }
            try db.create(table: Order.databaseTableName) { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("reader", .text).notNull()
                table.column("title", .text).notNull().references(Book.databaseTableName)
                table.column("isPacked", .boolean).notNull()
            }
            try Book(title: "Emma", copies: 3).insert(db)
            try Book(title: "Ulysses", copies: 0).insert(db)
            try Book(title: "Walden", copies: 1).insert(db)
        }
        migrator.registerMigration("queue") { db in try adapter.migrate(db) }
        return migrator
    }
}
