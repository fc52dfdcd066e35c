internal import CLibPQ

/// Reads connection strings as libpq does.
package enum PostgresConnectionString {
    /// The name of the database that a connection string leads to; `nil` if it doesn't say, or can't be read.
    package static func databaseName(in connectionString: String) -> String? {
        options(in: connectionString).first { $0.keyword == "dbname" }?.value.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The host of the server that a connection string leads to, and its port if that is said.
    ///
    /// - Returns: `nil` for a socket of this machine, for one of several hosts, and if the string doesn't say or can't be read.
    package static func server(in connectionString: String) -> (address: String, port: Int?)? {
        var values: [String: String] = [:]
        for option in options(in: connectionString) where option.value?.isEmpty == false {
            values[option.keyword] = option.value
        }
        guard let address = values["host"] ?? values["hostaddr"], !address.hasPrefix("/"), !address.hasPrefix("@"),
            !address.contains(",")
        else { return nil }
        return (address, values["port"].flatMap { Int($0) })
    }

    /// What an address begins with that is no list of words.
    private static func scheme(of connectionString: String) -> String? {
        ["postgresql://", "postgres://"].first { connectionString.hasPrefix($0) }
    }

    /// Whether a password may be part of a connection string, also of one with a mistake in it.
    ///
    /// What libpq can't make sense of, or takes for a host, a port or a database, its messages repeat.
    package static func mayHoldPassword(_ connectionString: String) -> Bool {
        if connectionString.contains("password") { return true }
        // In an address it is between a colon and an `@`, whichever characters end it for libpq.
        let address = connectionString.utf8.dropFirst(scheme(of: connectionString)?.utf8.count ?? 0)
        guard let colon = address.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return address[colon...].contains(UInt8(ascii: "@"))
    }

    /// Whether libpq can't read a connection string.
    ///
    /// It takes a text that does not look like one for the name of a database.
    package static func isMalformed(_ text: String) -> Bool {
        guard scheme(of: text) != nil || text.utf8.contains(UInt8(ascii: "=")) else { return false }
        guard let options = PQconninfoParse(text, nil) else { return true }
        PQconninfoFree(options)
        return false
    }

    /// The words that stand before a `=` in connection strings, such as `host`: those that this libpq knows.
    package static let keywords = Set(options(in: "").map(\.keyword))

    /// All options that there are, with what a connection string says of them; none if it can't be read.
    private static func options(in connectionString: String) -> [(keyword: String, value: String?)] {
        guard let options = PQconninfoParse(connectionString, nil) else { return [] }
        defer { PQconninfoFree(options) }
        var result: [(keyword: String, value: String?)] = []
        var option = options
        while let keyword = option.pointee.keyword {
            result.append((String(cString: keyword), option.pointee.val.map { String(cString: $0) }))
            option += 1
        }
        return result
    }
}
