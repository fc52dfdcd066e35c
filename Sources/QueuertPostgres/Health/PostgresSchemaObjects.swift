/// The tables, indexes and functions that migrations make.
struct PostgresSchemaObjects {
    /// Each with its kind: `index queuert_job_ready`.
    private(set) var names: Set<String> = []

    /// Reads the scripts of migrations, in the order in which they are applied.
    init(made scripts: [String]) {
        for script in scripts {
            for match in script.matches(of: Self.statement) {
                let (_, action, kind, name) = match.output
                let object = "\(kind.lowercased()) \(name)"
                if action == "CREATE" { names.insert(object) } else { names.remove(object) }
            }
        }
    }

    /// What is made or dropped; names are always quoted in the migrations.
    private static var statement: Regex<(Substring, Substring, Substring, Substring)> {
        /(CREATE|DROP)\s+(?:OR REPLACE\s+)?(?:UNIQUE\s+)?(TABLE|INDEX|FUNCTION)\s+(?:IF (?:NOT )?EXISTS\s+)?(?:"[^"]+"\.)?"([^"]+)"/
    }
}
