import Queuert

extension StateConformance {
    var listJobsCases: [ConformanceCase] {
        [
            test("jobs are listed as they are stored, the newest first, or the oldest if asked for") { scenario in
                let first = try await scenario.startClaimed("a")
                scenario.clock.advance(by: .seconds(1))
                let b = try await scenario.insert(scenario.newJob("b"))[0]
                scenario.clock.advance(by: .seconds(1))
                let next = scenario.successor(of: first)
                try await scenario.settle(first, .continued(next))
                let page = try await scenario.read { try $0.jobs(JobQuery()) }
                try expect(page.items.map(\.id), equals: [next.id, b.id, first.id], "the jobs")
                try expect(page.items[1], equals: b, "a stored row")
                try expect(page.items[2], equals: try await scenario.job(first.id), "another stored row")
                try expect(page.next, equals: nil, "where to go on")
                let oldest = try await scenario.jobIDs(JobQuery(order: .oldestFirst))
                try expect(oldest, equals: [first.id, b.id, next.id], "the jobs, the oldest first")
            },
            test("jobs of one moment are listed in the order in which they were written") { scenario in
                let jobs = (0..<9).map { _ in scenario.newJob() }
                let shuffled = [7, 3, 0, 5, 2, 8, 1, 4, 6].map { jobs[$0] }
                try await scenario.insert(shuffled)
                let row = try await scenario.claim(limit: 1).jobs[0].row
                let next = scenario.successor(of: row)
                try await scenario.settle(row, .continued(next))
                let oldest = try await scenario.jobIDs(JobQuery(order: .oldestFirst))
                try expect(oldest, equals: shuffled.map(\.id) + [next.id], "the jobs, the oldest first")
                let newest = try await scenario.jobIDs(JobQuery())
                try expect(newest, equals: oldest.reversed(), "the jobs, the newest first")
            },
            test("jobs are listed a page at a time, and the last page says that it is the last") { scenario in
                let jobs = (0..<7).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                for order in [ListOrder.newestFirst, .oldestFirst] {
                    let ids = order == .oldestFirst ? jobs.map(\.id) : jobs.map(\.id).reversed()
                    for (limit, sizes) in [
                        (3, [3, 3, 1]), (7, [7]), (1, Array(repeating: 1, count: 7)), (Int.max, [7]),
                    ] {
                        let pages = try await scenario.allPages(JobQuery(order: order, limit: limit))
                        try expect(pages.map(\.count), equals: sizes, "the sizes of pages of \(limit)")
                        try expect(pages.flatMap { $0 }, equals: ids, "the jobs of pages of \(limit)")
                    }
                }
            },
            test("a page holds fifty at most unless another number is asked for, and one at least") { scenario in
                try await scenario.insert((0..<51).map { _ in scenario.newJob() })
                let page = try await scenario.read { try $0.jobs(JobQuery()) }
                try expect(page.items.count, equals: 50, "the number of jobs on the page")
                try expect(page.next != nil, "there is another page")
                let small = try await scenario.read { try $0.jobs(JobQuery(limit: 0)) }
                try expect(small.items.count, equals: 1, "the number of jobs on the smallest page")
            },
            test("what is written between two pages moves no job from one to the other") { scenario in
                let jobs = (0..<4).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                let page = try await scenario.read { try $0.jobs(JobQuery(limit: 2)) }
                try await scenario.insert(scenario.newJob())
                try await scenario.delete([jobs[2].id])
                let rest = try await scenario.jobIDs(JobQuery(limit: 9, after: page.next))
                try expect(rest, equals: [jobs[1].id, jobs[0].id], "the next page")
            },
            test("jobs are listed by type, by the type of their chain, by chain and by identifier") { scenario in
                let first = try await scenario.startClaimed("a")
                let next = scenario.successor(of: first, "b")
                try await scenario.settle(first, .continued(next))
                let b = try await scenario.insert(scenario.newJob("b"))[0]
                let c = try await scenario.insert(scenario.newJob("c"))[0]
                let expectations: [(JobQuery, [JobID], String)] = [
                    (JobQuery(typeNames: ["b"]), [b.id, next.id], "of one type"),
                    (JobQuery(typeNames: ["a", "c", "x"]), [c.id, first.id], "of several types"),
                    (JobQuery(typeNames: []), [], "of no type"),
                    (JobQuery(chainTypeNames: ["a"]), [next.id, first.id], "of one type of chain"),
                    (JobQuery(typeNames: ["b"], chainTypeNames: ["a", "c"]), [next.id], "of both"),
                    (JobQuery(chainTypeNames: []), [], "of no type of chain"),
                    (JobQuery(chainIDs: [first.id, c.id]), [c.id, next.id, first.id], "of two chains"),
                    (JobQuery(chainIDs: [next.id]), [], "of what is not a chain"),
                    (JobQuery(jobIDs: [next.id, c.id, scenario.makeID(), c.id]), [c.id, next.id], "of these names"),
                    (JobQuery(jobIDs: []), [], "of no name"),
                    (JobQuery(jobIDs: [next.id, b.id], chainIDs: [first.id]), [next.id], "of a name and a chain"),
                ]
                for (query, ids, what) in expectations {
                    try expect(try await scenario.jobIDs(query), equals: ids, "the jobs \(what)")
                }
            },
            test("jobs are listed by status, as it is now") { scenario in
                let rows = try await scenario.jobsInEachStatus()
                for status in JobStatus.allCases where status != .ready {
                    let expected = try require(rows[status], "the \(status) job")
                    try expect(
                        try await scenario.jobIDs(JobQuery(statuses: [status])), equals: [expected.id],
                        "the \(status) jobs")
                }
                let both: Set<JobStatus> = [.completed, .running]
                try expect(
                    Set(try await scenario.jobIDs(JobQuery(statuses: both))),
                    equals: Set(both.compactMap { rows[$0]?.id }), "the jobs of two statuses")
                try expect(try await scenario.jobIDs(JobQuery(statuses: [])), equals: [], "the jobs of no status")
                let scheduled = try require(rows[.scheduled], "the scheduled job").id
                scenario.clock.advance(by: .seconds(60))
                try expect(
                    try await scenario.jobIDs(JobQuery(statuses: [.ready])).contains(scheduled),
                    "the job that was scheduled is ready when it is due")
            },
            test("jobs are listed as ready if a claim takes them, though the clock was set back") { scenario in
                let due = scenario.newJob(schedule: .after(.seconds(60)))
                try await scenario.insert(scenario.newJob(), due)
                scenario.clock.advance(by: .seconds(100))
                // A claim puts what became due in line, also what it doesn't take.
                try expect(try await scenario.claim(limit: 1).jobs.count, equals: 1, "the number of claimed jobs")
                let new = scenario.newJob()
                try await scenario.insert(new)
                scenario.clock.advance(by: .seconds(-90))
                let ready = try await scenario.jobIDs(JobQuery(statuses: [.ready]))
                let scheduled = try await scenario.jobIDs(JobQuery(statuses: [.scheduled]))
                let chains = try await scenario.read { try $0.chains(ChainQuery(statuses: [.ready])) }.items
                let count = try await scenario.read { try $0.jobCounts()["job"] }?.ready
                let claimed = Set(try await scenario.claim().jobs.map(\.row.id))
                try expect(Set(ready), equals: claimed, "the ready jobs")
                try expect(
                    Set(scheduled), equals: Set([due.id, new.id]).subtracting(claimed), "the jobs that are scheduled")
                try expect(Set(chains.map(\.first.id)), equals: claimed, "the ready chains")
                try expect(count, equals: claimed.count, "the number of ready jobs")
            },
            test("jobs are listed by the chain that they wait or waited for, each once") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let other = try await scenario.insert(scenario.newJob("other"))[0]
                let a = try await scenario.insert(scenario.newJob("a", blockers: [blocker.chainID]))[0]
                try await scenario.insert(scenario.newJob("b", blockers: [other.chainID]))
                let twice = try await scenario.insert(
                    scenario.newJob("c", blockers: [blocker.chainID, other.chainID, blocker.chainID]))[0]
                let first = try await scenario.startClaimed("d")
                let next = scenario.successor(of: first, blockers: [blocker.chainID])
                try await scenario.settle(first, .continued(next))
                let query = JobQuery(waitingForChain: blocker.chainID)
                try expect(try await scenario.jobIDs(query), equals: [next.id, twice.id, a.id], "the jobs")
                try await scenario.settle(blocker, .completed(output: "1"))
                try expect(try await scenario.jobIDs(query), equals: [next.id, twice.id, a.id], "the jobs afterwards")
                try expect(
                    try await scenario.jobIDs(
                        JobQuery(statuses: [.ready], waitingForChain: blocker.chainID, order: .oldestFirst)),
                    equals: [a.id, next.id], "the jobs that are ready")
                let pages = try await scenario.allPages(JobQuery(waitingForChain: blocker.chainID, limit: 2))
                try expect(pages, equals: [[next.id, twice.id], [a.id]], "the pages")
                try expect(
                    try await scenario.jobIDs(JobQuery(waitingForChain: a.chainID)), equals: [],
                    "the jobs that wait for a chain that nothing waits for")
            },
            test("jobs are listed by when they were created, the first moment included, the last not") { scenario in
                var rows: [JobRow] = []
                for _ in 0..<5 {
                    rows.append(try await scenario.insert(scenario.newJob())[0])
                    scenario.clock.advance(by: .seconds(1))
                }
                let query = JobQuery(createdFrom: rows[1].createdAt, createdBefore: rows[3].createdAt)
                try expect(try await scenario.jobIDs(query), equals: [rows[2].id, rows[1].id], "the newest first")
                var oldest = query
                oldest.order = .oldestFirst
                oldest.limit = 1
                try expect(
                    try await scenario.allPages(oldest), equals: [[rows[1].id], [rows[2].id]], "the oldest first")
            },
            test("a cursor that the list of jobs didn't give out is refused") { scenario in
                try await scenario.insert(scenario.newJob(), scenario.newJob())
                let chains = try await scenario.read { try $0.chains(ChainQuery(limit: 1)) }
                let foreign = try require(chains.next, "a cursor of the list of chains").rawValue
                for text in ["", "rubbish", "12", "é.1.2", "a.b.c.d", "{}", foreign] {
                    _ = try await expectError(InvalidCursorError.self, "the cursor “\(text)”") {
                        _ = try await scenario.read { try $0.jobs(JobQuery(after: PageCursor(rawValue: text))) }
                    }
                }
            },
        ]
    }
}

extension StateScenario {
    fileprivate func jobIDs(_ query: JobQuery) async throws -> [JobID] {
        try await read { try $0.jobs(query) }.items.map(\.id)
    }

    fileprivate func allPages(_ query: JobQuery) async throws -> [[JobID]] {
        var pages: [[JobID]] = []
        var query = query
        repeat {
            let page = try await read { [query] in try $0.jobs(query) }
            pages.append(page.items.map(\.id))
            query.after = page.next
            try expect(pages.count < 100, "the list comes to an end")
        } while query.after != nil
        return pages
    }
}
