import Queuert

/// A page of jobs, or of the first jobs of chains, in the order of creation.
///
/// Jobs that were created at one moment are in the order in which they were written. Each type is a list of its own in an
/// index, and lists of several types are merged.
struct PostgresList {
    /// What a cursor was given out for.
    enum Kind: String {
        case chains
        case jobs
    }
    let kind: Kind
    let tables: PostgresTables
    /// Where the jobs are looked for.
    let jobs: String
    var order = ListOrder.oldestFirst
    var limit: Int
    /// The parameters of the conditions.
    private(set) var parameters = PostgresParameters()
    /// What is wanted of the job `j`, and of the last job of its chain, `last`.
    private var conditions: [String] = []
    /// Whether few jobs are wanted, which are found by something else than their type.
    private var isSmall = false
    private var typesParameter: String?

    init(
        _ kind: Kind, _ tables: PostgresTables, in jobs: String? = nil, order: ListOrder = .oldestFirst, limit: Int
    ) {
        self.kind = kind
        self.tables = tables
        self.jobs = jobs ?? tables.all
        self.order = order
        self.limit = limit
        if kind == .chains { conditions.append("j.chain_index = 0") }
    }

    /// Adds a condition without parameters.
    mutating func add(_ condition: String) { conditions.append(condition) }

    /// Adds a condition with one parameter.
    mutating func add(_ parameter: (inout PostgresParameters) -> Void, _ condition: (String) -> String) {
        parameter(&parameters)
        conditions.append(condition("$\(parameters.count)"))
    }

    /// Adds a condition that few jobs fulfil.
    mutating func addSource(_ parameter: (inout PostgresParameters) -> Void, _ condition: (String) -> String) {
        isSmall = true
        add(parameter, condition)
    }

    mutating func addSource(_ condition: String) {
        isSmall = true
        add(condition)
    }

    /// Only jobs of these types.
    mutating func add(typeNames: [String]?) {
        guard let typeNames else { return }
        parameters.add(typeNames.uniqued().map { Optional($0) })
        typesParameter = "$\(parameters.count)"
    }

    mutating func add(createdFrom: Timestamp?, before: Timestamp?) {
        if let createdFrom { add({ $0.add(createdFrom) }) { "j.created_at >= \($0)" } }
        if let before { add({ $0.add(before) }) { "j.created_at < \($0)" } }
    }

    /// Only jobs with one of some statuses, in the order of ``Queuert/JobStatus``.
    mutating func add(statuses: Set<JobStatus>, of job: String, at now: Timestamp) {
        parameters.add(now)
        let status = Self.status(of: job, at: "$\(parameters.count)")
        add({ $0.add(statuses.map { Optional($0.rawValue) }.sorted { ($0 ?? "") < ($1 ?? "") }) }) {
            "\(status) = ANY (\($0))"
        }
    }

    /// A job that is in line stays there when the clock is set back, and is ready for a claim, whenever it is due.
    static func status(of job: String, at now: String) -> String {
        """
        CASE WHEN \(job).completed_at IS NOT NULL
                THEN CASE WHEN \(job).successor_id IS NULL THEN 'completed' ELSE 'continued' END
            WHEN \(job).cancelled_at IS NOT NULL THEN 'cancelled' WHEN \(job).failed_at IS NOT NULL THEN 'failed'
            WHEN \(job).leased_until IS NOT NULL THEN 'running' WHEN \(job).is_blocked THEN 'blocked'
            WHEN \(job).rank IS NULL AND \(job).scheduled_at > \(now) THEN 'scheduled' ELSE 'ready' END
        """
    }

    /// The jobs that may have some statuses, read from indexes that hold nothing else.
    ///
    /// - Returns: A query for a column of the jobs; `nil` if jobs that have completed are wanted too.
    static func candidates(_ statuses: Set<JobStatus>, column: String, _ tables: PostgresTables) -> String? {
        guard statuses.isDisjoint(with: [.completed, .continued]) else { return nil }
        // All but those that were cancelled are among the jobs that have not ended.
        let isCancelled = statuses.contains(.cancelled) ? [(tables.all, "c.cancelled_at IS NOT NULL")] : []
        var conditions: [String] = []
        if statuses.contains(.ready) { conditions.append("c.rank IS NOT NULL") }
        if statuses.contains(.running) { conditions.append("c.leased_by IS NOT NULL") }
        if statuses.contains(.blocked) { conditions.append(PostgresTables.isBlocked("c")) }
        if statuses.contains(.failed) {
            conditions.append("c.failed_at IS NOT NULL AND \(PostgresTables.isUnended("c"))")
        }
        // Some may be due, though no claim has found them yet.
        if statuses.contains(.scheduled) || statuses.contains(.ready) {
            conditions.append(PostgresTables.isScheduled("c"))
        }
        let all = isCancelled + conditions.map { (tables.job, $0) }
        guard !all.isEmpty else { return "SELECT \(column) FROM \(tables.job) c WHERE false" }
        return all.map { "SELECT \(column) FROM \($0) c WHERE \($1)" }.joined(separator: " UNION ALL ")
    }

    // MARK: Pages

    /// The statement of the page, for ``parameters``: the columns of the jobs, or of the ends of the chains, behind the place in
    /// the order.
    func query() -> PostgresQuery {
        let direction = order == .oldestFirst ? "" : " DESC"
        let key = "j.created_at\(direction), j.sequence\(direction)"
        let last = "CROSS JOIN LATERAL (\(tables.last(ofChain: "j.chain_id", columns: "l.*"))) last"
        let needsLast = conditions.contains { $0.contains("last.") }
        let columns = kind == .chains ? ", \(PostgresTables.columns(of: "last"))" : ""
        var all = conditions
        let source: String
        if isSmall {
            if let typesParameter { all.append("j.type_name = ANY (\(typesParameter))") }
            source =
                "(SELECT j.* FROM \(jobs) j \(needsLast ? last : "") WHERE \(all.joined(separator: " AND ")))"
        } else {
            all.append("j.type_name = t.type_name")
            source = """
                (SELECT n.* FROM types t CROSS JOIN LATERAL (
                    SELECT j.* FROM \(jobs) j \(needsLast ? last : "") WHERE \(all.joined(separator: " AND "))
                    ORDER BY \(key) LIMIT \(limit == .max ? limit : limit + 1)) n)
                """
        }
        return PostgresQuery(
            """
            WITH RECURSIVE types (type_name) AS (\(types)), page AS MATERIALIZED (
                SELECT j.* FROM \(source) j ORDER BY \(key) LIMIT \(limit == .max ? limit : limit + 1)
            )
            SELECT j.sequence, \(PostgresTables.columns(of: "j"))\(columns)
            FROM page j \(kind == .chains ? last : "") ORDER BY \(key)
            """, isPrepared: false)
    }

    /// The types to look at: those that are asked for, or all, each found by one look into the index.
    private var types: String {
        if isSmall { return "SELECT NULL::text" }
        if let typesParameter { return "SELECT unnest(\(typesParameter))" }
        return """
            (SELECT min(type_name) FROM \(jobs)) UNION ALL
            SELECT (SELECT min(j.type_name) FROM \(jobs) j WHERE j.type_name > t.type_name)
            FROM types t WHERE t.type_name IS NOT NULL
            """
    }

    /// Cuts a page off: there was one row more if there is another page.
    func page<Item>(_ rows: [(createdAt: Timestamp, sequence: Int64, item: Item)]) -> Page<Item> {
        let items = rows.prefix(limit)
        let next = rows.count > limit ? items.last.map { cursor(after: $0.createdAt, $0.sequence) } : nil
        return Page(items: items.map(\.item), next: next)
    }

    // MARK: Cursors

    private func cursor(after moment: Timestamp, _ sequence: Int64) -> PageCursor {
        PageCursor(
            rawValue: "\(kind.rawValue).\(String(moment.microseconds, radix: 36)).\(String(sequence, radix: 36))")
    }

    /// Goes on behind the job at which the page before ended, whether that is still there or not.
    mutating func add(after cursor: PageCursor?) throws {
        guard let cursor else { return }
        let parts = cursor.rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == kind.rawValue, let moment = Int64(parts[1], radix: 36),
            let sequence = Int64(parts[2], radix: 36)
        else { throw InvalidCursorError() }
        parameters.add(Timestamp(microseconds: moment))
        parameters.add(sequence)
        let isBehind = order == .newestFirst ? "<" : ">"
        conditions.append(
            "(j.created_at, j.sequence) \(isBehind) ($\(parameters.count - 1), $\(parameters.count))")
    }
}
