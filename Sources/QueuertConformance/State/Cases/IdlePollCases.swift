import Queuert

extension StateConformance {
    var idlePollCases: [ConformanceCase] {
        [
            test("a look at what can be claimed says when the next job of these types is due") { scenario in
                try expect(try await scenario.nextClaimableIn(), equals: nil, "the time to a job where there is none")
                try await scenario.insert(
                    scenario.newJob(schedule: .after(.seconds(90))), scenario.newJob(schedule: .after(.seconds(40))),
                    scenario.newJob("other", schedule: .after(.seconds(5))))
                try expect(try await scenario.nextClaimableIn(), equals: .seconds(40), "the time to the next job")
                try expect(
                    try await scenario.nextClaimableIn(["job", "other"]), equals: .seconds(5),
                    "the time to the next job")
                scenario.clock.advance(by: .seconds(41))
                try expect(try await scenario.nextClaimableIn(), equals: .zero, "the time to a job that is due")
                try expect(try await scenario.nextClaimableIn(["unknown"]), equals: nil, "the time to no type's job")
                try expect(try await scenario.nextClaimableIn([]), equals: nil, "the time to a job of no types")
            },
            test("jobs that run, are blocked, have failed or ended are nothing to claim") { scenario in
                let rows = try await scenario.jobsInEachStatus()
                for status in JobStatus.allCases {
                    let typeName = try require(rows[status], "the \(status) job").typeName
                    let expected: Duration? =
                        switch status {
                        case .ready: .zero
                        case .scheduled: .seconds(60)
                        default: nil
                        }
                    try expect(
                        try await scenario.nextClaimableIn([typeName]), equals: expected,
                        "the time to the \(status) job")
                }
            },
            test("a look takes nothing") { scenario in
                let row = try await scenario.insert(scenario.newJob())[0]
                for _ in 0..<3 {
                    try expect(try await scenario.nextClaimableIn(), equals: .zero, "the time to the next job")
                }
                try expect(try await scenario.row(row.id), equals: row, "the stored row")
            },
        ]
    }
}
