/// A statement on its way to the server.
struct PostgresCommand {
    let query: PostgresQuery
    var parameters = PostgresParameters()
    /// Whether the rows come in the binary format.
    var isBinary = true

    /// About how much is to be sent.
    var byteCount: Int { query.text.utf8.count + parameters.byteCount }
}
