internal import CLibPQ

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How a connection is made.
extension PostgresHandle {
    /// Connects, or tries to: libpq tells by the connection's status what came of it.
    static func openConnection(
        _ configuration: PostgresPool.Configuration, _ connectionString: String
    ) throws -> OpaquePointer {
        if PostgresConnectionString.isMalformed(connectionString) { throw PostgresError.malformedConnectionString }
        var keywords: [String] = []
        var values: [String] = []
        // What follows has precedence: whatever the user says in the connection string.
        for (keyword, value) in configuration.connectionDefaults + [("dbname", connectionString)] {
            keywords.append(keyword)
            values.append(value)
        }
        let opened = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectdbParams(keywords, values, 1) }
        }
        guard let opened else {
            throw PostgresError(code: .cannotConnect, reason: "there is no memory for a connection", hint: "Free some.")
        }
        return opened
    }

    /// Why the connection could not be made.
    ///
    /// A password that is refused is not to be tried again and again, unlike a server that has no room just now. But libpq keeps
    /// the server's code to itself, unless its messages are to hold nothing else: who sent a password asks once more.
    ///
    /// - Returns: `nil` if the connection was made then.
    func failureToConnect(to connectionString: String) -> PostgresError? {
        // Names the host, the port and the user: what libpq takes for them.
        let mayHoldPassword = PostgresConnectionString.mayHoldPassword(connectionString)
        let details = mayHoldPassword ? [] : [String(cString: PQerrorMessage(connection)).trimmingLines]
        if PQconnectionNeedsPassword(connection) == 1 { return .passwordRefused(details) }
        if PQconnectionUsedPassword(connection) == 1 {
            PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE)
            PQreset(connection)
            PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
            if PQstatus(connection) == CONNECTION_OK { return nil }
            let lines = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline)
            // A line may follow that names the file which the password is from.
            if let end = lines.lazy.map({ $0.suffix(8) }).first(where: { $0.hasPrefix(":  28") }) {
                return .passwordRefused(sqlState: String(end.suffix(5)), details)
            }
        }
        var hint = "Check that it runs, and the connection string or the variables PGHOST, PGPORT and so on."
        if mayHoldPassword {
            hint += " What libpq says is left out, since it may repeat the password: put that into PGPASSFILE."
        }
        return PostgresError(
            code: .cannotConnect, reason: "the server can't be reached, or refused the connection", hint: hint,
            details: details)
    }
}

/// Hands out strings as C has them, with a null pointer at the end.
private func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return pointers.withUnsafeBufferPointer { buffer in
        // There is one element at least.
        guard let base = buffer.baseAddress else { preconditionFailure("An array with an element has an address.") }
        return body(base)
    }
}
