/// How a database is: what was measured, and what was found wrong.
public struct Diagnosis: Sendable, Hashable {
    /// What was measured.
    public var facts: [DiagnosisFact]
    /// What is wrong or worth knowing; empty if nothing is.
    public var findings: [DiagnosisFinding]

    /// Makes a diagnosis.
    ///
    /// - Parameters:
    ///   - facts: What was measured.
    ///   - findings: What was found.
    public init(facts: [DiagnosisFact] = [], findings: [DiagnosisFinding] = []) {
        self.facts = facts
        self.findings = findings
    }
}

/// Something that was measured.
public struct DiagnosisFact: Sendable, Hashable {
    /// A value with its unit.
    public enum Value: Sendable, Hashable {
        /// A word or two.
        case text(String)
        /// A number of things.
        case count(Int)
        /// A size.
        case bytes(Int)
        /// A length of time.
        case duration(Duration)
    }
    /// What was measured: a stable name with the unit behind it, such as `walBytes` or `clockSkewSeconds`.
    public var name: String
    /// What it came to.
    public var value: Value

    /// Makes a fact.
    ///
    /// - Parameters:
    ///   - name: What was measured.
    ///   - value: What it came to.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

/// Something that is wrong or worth knowing.
///
/// Its texts hold names of the schema, and nothing of the user's data.
public struct DiagnosisFinding: Sendable, Hashable {
    /// How much it matters.
    public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
        /// The queue can't do its work, or data is in danger.
        case problem
        /// The queue works, and something will go wrong if it stays like that.
        case warning
        /// It could not be found out.
        case unknown
        /// Nothing is wrong.
        case note
    }

    /// What was found: a stable word, such as `missingIndex`.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
        /// The word.
        public let rawValue: String

        /// Makes a code.
        ///
        /// - Parameter rawValue: The word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The word.
        public var description: String { rawValue }
    }
    /// How much it matters.
    public var severity: Severity
    /// What was found.
    public var code: Code
    /// What was found, as a sentence.
    public var sentence: String
    /// What to do about it.
    public var hint: String

    /// Makes a finding.
    ///
    /// - Parameters:
    ///   - severity: How much it matters.
    ///   - code: What was found.
    ///   - sentence: What was found, as a sentence.
    ///   - hint: What to do about it.
    public init(_ severity: Severity, _ code: Code, _ sentence: String, hint: String) {
        self.severity = severity
        self.code = code
        self.sentence = sentence
        self.hint = hint
    }
}

extension DiagnosisFinding.Code {
    /// The database has none of the queue's tables.
    public static let notMigrated = Self(rawValue: "notMigrated")
    /// The tables lack what a migration would bring.
    public static let missingMigration = Self(rawValue: "missingMigration")
    /// The tables are those of a newer version.
    public static let unknownMigration = Self(rawValue: "unknownMigration")
    /// A table, an index or a function is not there.
    public static let missingObject = Self(rawValue: "missingObject")
    /// An index is not the one that the migrations make.
    public static let changedIndex = Self(rawValue: "changedIndex")
}

extension DiagnosisFinding {
    /// What the migrations of a database give reason to say.
    ///
    /// - Parameters:
    ///   - status: Which migrations the database has seen.
    ///   - tables: Where the tables are, or should be: `the prefix “queuert_”`.
    /// - Returns: The findings; none if all migrations and no others were applied.
    package static func ofMigrations(_ status: MigrationStatus, tables: String) -> [DiagnosisFinding] {
        if status.isEmpty {
            return [
                DiagnosisFinding(
                    .problem, .notMigrated, "There are no tables of a queue with \(tables).",
                    hint: "Check the names; to make the tables, run `queuert migrate` or call `migrate()`.")
            ]
        }
        var findings: [DiagnosisFinding] = []
        if !status.missing.isEmpty {
            findings.append(
                DiagnosisFinding(
                    .problem, .missingMigration,
                    "The tables lack what this version needs: \(status.missing.joined(separator: ", ")).",
                    hint: "Run `queuert migrate`, or call `migrate()` at the start of the service."))
        }
        if !status.unknown.isEmpty {
            findings.append(
                DiagnosisFinding(
                    .warning, .unknownMigration,
                    "A newer version has changed the tables: \(status.unknown.joined(separator: ", ")).",
                    hint: "Use that version or a later one here; what the tables should hold was not checked."))
        }
        return findings
    }

    /// What is to be said of parts of the schema that are not there.
    ///
    /// - Parameter names: The parts, each with its kind: `index queuert_job_ready`.
    /// - Returns: A finding for each.
    package static func ofMissing(_ names: [String]) -> [DiagnosisFinding] {
        names.map { name in
            DiagnosisFinding(
                .problem, .missingObject, "The \(name) is missing.",
                hint: "Somebody dropped it. Make it again as the migrations do, or restore a backup of the schema.")
        }
    }

    /// What is to be said of indexes that are not those that the migrations make.
    ///
    /// - Parameter names: The indexes, each with its kind: `index queuert_job_ready`.
    /// - Returns: A finding for each.
    package static func ofChanged(_ names: [String]) -> [DiagnosisFinding] {
        names.map { name in
            DiagnosisFinding(
                .warning, .changedIndex, "The \(name) is not the one that the migrations make.",
                hint: "Drop it, and make it again as the migrations do.")
        }
    }
}
