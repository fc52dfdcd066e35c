import Queuert

extension StateConformance {
    var listChainsCases: [ConformanceCase] {
        [
            test("chains are listed with their ends, the newest first, or the oldest if asked for") { scenario in
                let a = try await scenario.insert(scenario.newJob("a"))[0]
                scenario.clock.advance(by: .seconds(1))
                let first = try await scenario.startClaimed("b")
                scenario.clock.advance(by: .seconds(1))
                let c = try await scenario.insert(scenario.newJob("c"))[0]
                let next = scenario.successor(of: first)
                try await scenario.settle(first, .continued(next))
                let page = try await scenario.read { try $0.chains(ChainQuery()) }
                try expect(page.items.map(\.first.id), equals: [c.id, first.id, a.id], "the chains")
                try expect(page.items.map(\.last.id), equals: [c.id, next.id, a.id], "their last jobs")
                try expect(page.items[2], equals: ChainEnds(first: a, last: a), "the ends of a chain of one job")
                try expect(page.next, equals: nil, "where to go on")
                let oldest = try await scenario.chainIDs(ChainQuery(order: .oldestFirst))
                try expect(oldest, equals: [a.id, first.id, c.id], "the chains, the oldest first")
            },
            test("chains of one moment are listed in the order in which they were written") { scenario in
                let jobs = (0..<20).map { _ in scenario.newJob() }
                let shuffled = [7, 3, 19, 0, 11, 5, 2, 18, 1, 16, 4, 13, 6, 17, 8, 12, 9, 15, 10, 14].map { jobs[$0] }
                try await scenario.transaction { operations in
                    _ = try operations.insertJobs(Array(shuffled.prefix(12)))
                    for job in shuffled.dropFirst(12) { _ = try operations.insertJobs([job]) }
                }
                let oldest = try await scenario.chainIDs(ChainQuery(order: .oldestFirst))
                try expect(oldest, equals: shuffled.map(\.id), "the chains, the oldest first")
                let newest = try await scenario.chainIDs(ChainQuery())
                try expect(newest, equals: shuffled.map(\.id).reversed(), "the chains, the newest first")
            },
            test("chains are listed a page at a time, and the last page says that it is the last") { scenario in
                let jobs = (0..<10).map { _ in scenario.newJob() }
                try await scenario.insert(Array(jobs.prefix(5)))
                scenario.clock.advance(by: .seconds(1))
                try await scenario.insert(Array(jobs.dropFirst(5)))
                for order in [ListOrder.newestFirst, .oldestFirst] {
                    let ids = order == .oldestFirst ? jobs.map(\.id) : jobs.map(\.id).reversed()
                    for (limit, sizes) in [
                        (3, [3, 3, 3, 1]), (5, [5, 5]), (10, [10]), (1, Array(repeating: 1, count: 10)),
                        (Int.max, [10]),
                    ] {
                        let pages = try await scenario.allPages(ChainQuery(order: order, limit: limit))
                        try expect(pages.map(\.count), equals: sizes, "the sizes of pages of \(limit)")
                        try expect(pages.flatMap { $0 }, equals: ids, "the chains of pages of \(limit)")
                    }
                }
            },
            test("a limit that is set to less than one is one, for chains and for jobs") { scenario in
                let jobs = (0..<2).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                for limit in [0, -1, Int.min] {
                    var chainQuery = ChainQuery(order: .oldestFirst)
                    chainQuery.limit = limit
                    let chains = try await scenario.read { [chainQuery] in try $0.chains(chainQuery) }
                    try expect(chains.items.map(\.first.id), equals: [jobs[0].id], "the chains of a page of \(limit)")
                    try expect(chains.next != nil, "there is a next page of chains")
                    var jobQuery = JobQuery(order: .oldestFirst)
                    jobQuery.limit = limit
                    let rows = try await scenario.read { [jobQuery] in try $0.jobs(jobQuery) }
                    try expect(rows.items.map(\.id), equals: [jobs[0].id], "the jobs of a page of \(limit)")
                    try expect(rows.next != nil, "there is a next page of jobs")
                }
            },
            test("what is written or deleted between two pages moves nothing from one to the other") { scenario in
                let jobs = (0..<6).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                let newest = try await scenario.read { try $0.chains(ChainQuery(limit: 2)) }
                let oldest = try await scenario.read { try $0.chains(ChainQuery(order: .oldestFirst, limit: 2)) }
                try await scenario.delete([jobs[4].id, jobs[1].id])
                let added = try await scenario.insert(scenario.newJob())[0].id
                let down = try await scenario.chainIDs(ChainQuery(limit: 2, after: newest.next))
                try expect(down, equals: [jobs[3].id, jobs[2].id], "the next page, the newest first")
                let up = try await scenario.chainIDs(ChainQuery(order: .oldestFirst, limit: 9, after: oldest.next))
                try expect(
                    up, equals: [jobs[2].id, jobs[3].id, jobs[5].id, added], "the next page, the oldest first")
            },
            test("chains are listed by type, their first job's") { scenario in
                let first = try await scenario.startClaimed("a")
                try await scenario.settle(first, .continued(scenario.successor(of: first, "b")))
                let b = try await scenario.insert(scenario.newJob("b"))[0]
                let c = try await scenario.insert(scenario.newJob("c"))[0]
                try expect(try await scenario.chainIDs(ChainQuery(typeNames: ["a"])), equals: [first.id], "of one type")
                try expect(
                    try await scenario.chainIDs(ChainQuery(typeNames: ["c", "a", "unknown", "c"])),
                    equals: [c.id, first.id], "of several types")
                try expect(try await scenario.chainIDs(ChainQuery(typeNames: ["b"])), equals: [b.id], "of another type")
                try expect(try await scenario.chainIDs(ChainQuery(typeNames: [])), equals: [], "of no type")
            },
            test("pages of chains of several types are in one order") { scenario in
                let jobs = (0..<12).map { scenario.newJob("type-\($0 % 4)") }
                for job in jobs {
                    try await scenario.insert(job)
                    scenario.clock.advance(by: .milliseconds(1))
                }
                for order in [ListOrder.newestFirst, .oldestFirst] {
                    let wanted = jobs.filter { $0.typeName != "type-2" }.map(\.id)
                    let pages = try await scenario.allPages(
                        ChainQuery(typeNames: ["type-3", "type-0", "type-1"], order: order, limit: 4))
                    try expect(
                        pages.flatMap { $0 }, equals: order == .oldestFirst ? wanted : wanted.reversed(), "the chains")
                }
            },
            test("chains are listed by the status of their last job, as it is now") { scenario in
                let rows = try await scenario.jobsInEachStatus()
                for status in JobStatus.allCases where status != .continued && status != .ready {
                    let expected = try require(rows[status], "the \(status) job").chainID
                    try expect(
                        try await scenario.chainIDs(ChainQuery(statuses: [status])), equals: [expected],
                        "the \(status) chains")
                }
                let ready = try require(rows[.ready], "the ready job").chainID
                let continued = try require(rows[.continued], "the continued job").chainID
                try expect(
                    Set(try await scenario.chainIDs(ChainQuery(statuses: [.ready]))), equals: [ready, continued],
                    "the ready chains")
                try expect(
                    try await scenario.chainIDs(ChainQuery(statuses: [.continued])), equals: [], "the continued chains")
                try expect(try await scenario.chainIDs(ChainQuery(statuses: [])), equals: [], "the chains of no status")
                let ended: Set<JobStatus> = [.completed, .cancelled, .failed]
                try expect(
                    Set(try await scenario.chainIDs(ChainQuery(statuses: ended))),
                    equals: Set(ended.compactMap { rows[$0]?.chainID }), "the chains that have ended")
                scenario.clock.advance(by: .seconds(60))
                try expect(
                    try await scenario.chainIDs(ChainQuery(statuses: [.scheduled])), equals: [],
                    "the chains that are scheduled later")
            },
            test("chains are listed by identifier") { scenario in
                let rows = try await scenario.insert((0..<5).map { _ in scenario.newJob() })
                let wanted = [rows[3].id, scenario.makeID(), rows[1].id, rows[3].id]
                try expect(
                    try await scenario.chainIDs(ChainQuery(chainIDs: wanted)), equals: [rows[3].id, rows[1].id],
                    "the named chains")
                try expect(try await scenario.chainIDs(ChainQuery(chainIDs: [])), equals: [], "the chains of no name")
                let pages = try await scenario.allPages(ChainQuery(chainIDs: rows.map(\.id), limit: 2))
                try expect(pages.map(\.count), equals: [2, 2, 1], "the sizes of the pages")
            },
            test("chains that no job waits or waited for can be listed alone") { scenario in
                let open = try await scenario.insert(scenario.newJob("open"))[0]
                let ended = try await scenario.endedChain("ended")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [open.chainID, ended]))[0]
                let alone = try await scenario.insert(scenario.newJob("alone"))[0]
                try expect(
                    try await scenario.chainIDs(ChainQuery(onlyRoots: true)), equals: [alone.id, waiting.id],
                    "the chains that nothing waits for")
                try await scenario.delete([waiting.chainID])
                try expect(
                    try await scenario.chainIDs(ChainQuery(onlyRoots: true)), equals: [alone.id, ended, open.id],
                    "the chains that nothing waits for any more")
            },
            test("chains are listed by when they were created, the first moment included, the last not") { scenario in
                var rows: [JobRow] = []
                for _ in 0..<5 {
                    rows.append(try await scenario.insert(scenario.newJob())[0])
                    scenario.clock.advance(by: .seconds(1))
                }
                for order in [ListOrder.newestFirst, .oldestFirst] {
                    func inOrder(_ range: Range<Int>) -> [JobID] {
                        order == .oldestFirst ? rows[range].map(\.id) : rows[range].map(\.id).reversed()
                    }
                    let from = ChainQuery(createdFrom: rows[2].createdAt, order: order)
                    try expect(try await scenario.chainIDs(from), equals: inOrder(2..<5), "the chains since then")
                    let before = ChainQuery(createdBefore: rows[2].createdAt, order: order)
                    try expect(try await scenario.chainIDs(before), equals: inOrder(0..<2), "the chains before then")
                    let between = ChainQuery(
                        createdFrom: rows[1].createdAt, createdBefore: rows[4].createdAt, order: order, limit: 2)
                    try expect(
                        try await scenario.allPages(between).flatMap { $0 }, equals: inOrder(1..<4),
                        "the chains between")
                }
            },
            test("all conditions on chains hold together") { scenario in
                let early = try await scenario.endedChain("a")
                scenario.clock.advance(by: .seconds(1))
                let from = scenario.now
                let wanted = try await scenario.endedChain("a")
                _ = try await scenario.startClaimed("a")
                let other = try await scenario.endedChain("b")
                let needed = try await scenario.endedChain("a")
                try await scenario.insert(scenario.newJob("c", blockers: [needed]))
                let query = ChainQuery(
                    typeNames: ["a"], statuses: [.completed], chainIDs: [early, wanted, other, needed], onlyRoots: true,
                    createdFrom: from, createdBefore: from + .seconds(1))
                try expect(try await scenario.chainIDs(query), equals: [wanted], "the chains")
            },
            test("a page of rare chains is found among many others") { scenario in
                let jobs = (0..<60).map { scenario.newJob($0.isMultiple(of: 20) ? "rare" : "common") }
                try await scenario.insert(jobs)
                let page = try await scenario.read { try $0.chains(ChainQuery(typeNames: ["rare"], limit: 2)) }
                try expect(page.items.map(\.first.id), equals: [jobs[40].id, jobs[20].id], "the first page")
                let rest = try await scenario.read {
                    try $0.chains(ChainQuery(typeNames: ["rare"], limit: 2, after: page.next))
                }
                try expect(rest.items.map(\.first.id), equals: [jobs[0].id], "the second page")
                try expect(rest.next, equals: nil, "where to go on")
            },
            test("a cursor that the list of chains didn't give out is refused") { scenario in
                try await scenario.insert(scenario.newJob(), scenario.newJob())
                let jobs = try await scenario.read { try $0.jobs(JobQuery(limit: 1)) }
                let foreign = try require(jobs.next, "a cursor of the list of jobs").rawValue
                for text in ["", "rubbish", "12", "é.1.2", "a.b.c.d", "{}", foreign] {
                    _ = try await expectError(InvalidCursorError.self, "the cursor “\(text)”") {
                        _ = try await scenario.read { try $0.chains(ChainQuery(after: PageCursor(rawValue: text))) }
                    }
                }
            },
        ]
    }
}

extension StateScenario {
    fileprivate func chainIDs(_ query: ChainQuery) async throws -> [JobID] {
        try await read { try $0.chains(query) }.items.map(\.first.id)
    }

    fileprivate func allPages(_ query: ChainQuery) async throws -> [[JobID]] {
        var pages: [[JobID]] = []
        var query = query
        repeat {
            let page = try await read { [query] in try $0.chains(query) }
            pages.append(page.items.map(\.first.id))
            query.after = page.next
            try expect(pages.count < 100, "the list comes to an end")
        } while query.after != nil
        return pages
    }
}
