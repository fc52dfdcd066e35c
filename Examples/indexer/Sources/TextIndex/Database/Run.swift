package import Queuert
import QueuertSQLite

/// What a database is the index of, and the chains that make it.
package struct Run: Sendable {
    package let folder: String
    package let scan: Chain<ScanFolder>
    /// The chain that writes the report; `nil` as long as the folder has not been scanned.
    package let report: Chain<WriteReport>?

    static func read(on db: isolated SQLiteConnection) throws -> Run? {
        guard
            let row = try db.query("SELECT folder, scan_chain_id, report_chain_id FROM run").first,
            let folder = row.text("folder"), let scan = row.text("scan_chain_id")
        else { return nil }
        return Run(
            folder: folder, scan: Chain(id: JobID(rawValue: scan)),
            report: row.text("report_chain_id").map { Chain(id: JobID(rawValue: $0)) })
    }

    static func begin(_ scan: Chain<ScanFolder>, folder: String, on db: isolated SQLiteConnection) throws {
        try db.execute("INSERT INTO run (id, folder, scan_chain_id) VALUES (1, ?, ?)", [folder, scan.id.rawValue])
    }

    static func setReport(_ report: Chain<WriteReport>, on db: isolated SQLiteConnection) throws {
        try db.execute("UPDATE run SET report_chain_id = ?", [report.id.rawValue])
    }
}
