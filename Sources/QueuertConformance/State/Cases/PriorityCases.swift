import Queuert

extension StateConformance {
    var priorityCases: [ConformanceCase] {
        [
            test("of jobs that are due the more urgent are claimed first, whatever their types") { scenario in
                let jobs = [
                    scenario.newJob("a", priority: .low), scenario.newJob("b", priority: .normal),
                    scenario.newJob("a", priority: .high), scenario.newJob("b", priority: 16),
                    scenario.newJob("a", priority: .high),
                ]
                try await scenario.insert(jobs)
                let claimed = try await scenario.claim(["a", "b"]).jobs.map(\.row.id)
                try expect(claimed, equals: [3, 2, 4, 1, 0].map { jobs[$0].id }, "the order of the claimed jobs")
            },
            test("a job that has waited a minute goes before one that is a step more urgent and was just written") {
                scenario in
                let old = scenario.newJob()
                try await scenario.insert(old)
                scenario.clock.advance(by: .seconds(60) + .microseconds(1))
                let step = scenario.newJob(priority: 1)
                let urgent = scenario.newJob(priority: 2)
                try await scenario.insert(step, urgent)
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: [urgent.id, old.id, step.id], "the order of the claimed jobs")
            },
            test("jobs of one rank are claimed in the order of their identifiers") { scenario in
                let jobs = (0..<6).map { scenario.newJob(priority: Priority($0 % 2)) }
                try await scenario.insert(jobs.filter { $0.priority == 0 }.reversed())
                scenario.clock.advance(by: .seconds(60))
                try await scenario.insert(jobs.filter { $0.priority == 1 }.reversed())
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: jobs.map(\.id), "the order of the claimed jobs")
            },
            test("no priority makes a job run before it is due") { scenario in
                try await scenario.insert(
                    scenario.newJob(schedule: .after(.seconds(10)), priority: 1_000), scenario.newJob(priority: -1_000))
                let early = try await scenario.claim()
                try expect(early.jobs.map(\.row.priority), equals: [-1_000], "the priorities of the claimed jobs")
                try expect(early.nextDueIn, equals: .seconds(10), "the time to the next job")
                try expect(try await scenario.nextClaimableIn(), equals: .seconds(10), "the time to the next job")
                scenario.clock.advance(by: .seconds(10))
                try expect(try await scenario.claimOnly().row.priority, equals: 1_000, "the priority of the other job")
            },
            test("a job that was scheduled takes its place in the order of the due jobs once it is due") { scenario in
                let later = scenario.newJob(schedule: .after(.seconds(60)), priority: 1)
                let before = scenario.newJob()
                try await scenario.insert(later, before)
                try expect(try await scenario.claim(limit: 1).jobs.map(\.row.id), equals: [before.id], "the due job")
                scenario.clock.advance(by: .seconds(30))
                let after = scenario.newJob()
                try await scenario.insert(after)
                scenario.clock.advance(by: .seconds(30))
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: [later.id, after.id], "the order of the claimed jobs")
            },
            test("a job keeps its priority over retries, and the job that follows has its own") { scenario in
                let row = try await scenario.insert(scenario.newJob(priority: 7))[0]
                try expect(row.priority, equals: 7, "the priority of the new job")
                try await scenario.settle(
                    try await scenario.claimOnly().row, .retried(.after(.seconds(5)), error: "no", .failed))
                scenario.clock.advance(by: .seconds(5))
                let again = try await scenario.claimOnly().row
                try expect(again.priority, equals: 7, "the priority of the next attempt")
                var next = scenario.successor(of: again)
                next.priority = -3
                try await scenario.settle(again, .continued(next))
                try expect(try await scenario.claimOnly("next").row.priority, equals: -3, "the next job's priority")
            },
            test("a job's place is that of its last due time, not of its first") { scenario in
                let retried = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(30))
                let other = scenario.newJob()
                try await scenario.insert(other)
                scenario.clock.advance(by: .seconds(30))
                try await scenario.settle(retried, .retried(.now, error: "no", .failed))
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: [other.id, retried.id], "the order of the claimed jobs")
            },
            test("the furthest times and priorities do no harm") { scenario in
                let far = scenario.newJob(schedule: .at(Timestamp(microseconds: .max)), priority: Priority(Int.min))
                try await scenario.insert(
                    far, scenario.newJob(priority: Priority(Int.max)), scenario.newJob(priority: Priority(Int.min)))
                let claimed = try await scenario.claim().jobs.map(\.row.priority)
                try expect(claimed, equals: [1_000_000, -1_000_000], "the priorities of the claimed jobs")
                try expect(try await scenario.row(far.id).scheduledAt.microseconds, equals: .max, "the furthest time")
            },
            test("thousands of jobs that become due at once are all claimed, each once") { scenario in
                let jobs = (0..<3_000).map {
                    scenario.newJob(schedule: .after(.seconds(1)), priority: Priority($0 % 3))
                }
                try await scenario.insert(jobs)
                scenario.clock.advance(by: .seconds(1))
                var claimed: [JobID] = []
                while true {
                    let batch = try await scenario.claim(limit: 400).jobs
                    if batch.isEmpty { break }
                    claimed += batch.map(\.row.id)
                }
                try expect(claimed.count, equals: jobs.count, "the number of claims")
                try expect(Set(claimed), equals: Set(jobs.map(\.id)), "the claimed jobs")
            },
        ]
    }
}
