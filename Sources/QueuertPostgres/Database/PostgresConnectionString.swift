internal import CLibPQ

/// Reads connection strings as libpq does.
package enum PostgresConnectionString {
    /// The name of the database that a connection string leads to; `nil` if it doesn't say, or can't be read.
    package static func databaseName(in connectionString: String) -> String? {
        guard let options = PQconninfoParse(connectionString, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "dbname" {
                return option.pointee.val.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
            }
            option += 1
        }
        return nil
    }
}
