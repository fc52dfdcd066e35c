/// The tables, indexes and functions that migrations make.
struct PostgresSchemaObjects {
    /// Each with its kind: `index queuert_job_ready`.
    private(set) var names: Set<String> = []
    /// The statements that make the indexes, by the names that ``names`` has, as ``normalized(_:)`` writes them.
    private(set) var indexes: [String: String] = [:]

    /// Reads the scripts of migrations, in the order in which they are applied.
    init(made scripts: [String]) {
        for script in scripts {
            for match in script.matches(of: Self.statement) {
                let (_, action, kind, name) = match.output
                let object = "\(kind.lowercased()) \(name)"
                if action == "CREATE" { names.insert(object) } else { names.remove(object) }
                guard kind == "INDEX" else { continue }
                let made = String(script[match.range.lowerBound...].prefix { $0 != ";" })
                indexes[object] = action == "CREATE" ? Self.normalized(made) : nil
            }
        }
    }

    /// Writes a statement that makes an index so that the server's, which says more, reads as the migrations' does.
    ///
    /// How full its pages are does not count. Conditions are joined by AND only, so that parentheses mean nothing.
    static func normalized(_ index: String) -> String {
        index.replacing(" ON ONLY ", with: " ON ").replacing(" USING btree ", with: " ")
            .replacing(/\sWITH \([^)]*\)/, with: "")
            .filter { !$0.isWhitespace && !"\"()".contains($0) }
    }

    /// What is made or dropped; names are always quoted in the migrations.
    private static var statement: Regex<(Substring, Substring, Substring, Substring)> {
        /(CREATE|DROP)\s+(?:OR REPLACE\s+)?(?:UNIQUE\s+)?(TABLE|INDEX|FUNCTION)\s+(?:IF (?:NOT )?EXISTS\s+)?(?:"[^"]+"\.)?"([^"]+)"/
    }
}
