#if CommandLine
internal import QueuertPostgres

/// Where a queue's database is.
enum DatabaseAddress: Hashable {
    /// The path of a SQLite file.
    case sqlite(String)
    /// What libpq reads: a URL, or words such as `host=… dbname=…`.
    case postgres(String)

    /// Understands an address.
    ///
    /// - Throws: ``CommandError``, which repeats nothing of it: it may hold a password.
    init(_ text: String) throws {
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") {
            self = .postgres(text)
        } else if text.hasPrefix("sqlite://") {
            self = .sqlite(String(text.dropFirst("sqlite://".count)))
        } else if text.hasPrefix("sqlite:") {
            self = .sqlite(String(text.dropFirst("sqlite:".count)))
        } else if Self.isConnectionInfo(text) {
            self = .postgres(text)
        } else if let scheme = text.firstMatch(of: /^([a-zA-Z][a-zA-Z0-9+.\-]*):\/\//)?.output.1 {
            throw CommandError(
                .wrongAddress, "Addresses that begin with “\(scheme)://” are of no database that Queuert uses.",
                hint: "Give the path of a SQLite file, or postgresql://…")
        } else {
            self = .sqlite(text)
        }
        if case .sqlite(let path) = self, path.isEmpty {
            throw CommandError(.wrongAddress, "The address names no file.", hint: "Give a path: sqlite:app.sqlite")
        }
    }

    /// Whether a text is made of libpq's words; a file whose name looks like that can be written `./a=b` or `sqlite:a=b`.
    private static func isConnectionInfo(_ text: String) -> Bool {
        guard let word = text.prefixMatch(of: /\s*([a-z_]+)\s*=/)?.output.1 else { return false }
        return PostgresConnectionString.keywords.contains(String(word))
    }

    /// Whether a password may be part of it: also of a path, which may be a server's address with a mistake in it.
    var mayHoldPassword: Bool {
        switch self {
        case .sqlite(let path): path.contains("password") || path.contains("@")
        case .postgres(let text): PostgresConnectionString.mayHoldPassword(text)
        }
    }
}
#endif
