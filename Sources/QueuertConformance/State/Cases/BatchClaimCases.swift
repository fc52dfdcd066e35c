import Queuert

extension StateConformance {
    var batchClaimCases: [ConformanceCase] {
        [
            test("jobs of a type that is run in batches count as one, up to the size of the batch") { scenario in
                let jobs = (0..<10).map { _ in scenario.newJob("batched") }
                try await scenario.insert(jobs)
                let sizes = try await scenario.claimSizes(["batched"], limit: 2, batchSizes: ["batched": 3])
                try expect(sizes, equals: [6, 4, 0], "the sizes of the claims")
            },
            test("a batch that was begun is filled though the limit is used up, in the order of all") { scenario in
                let jobs = "abababbbbaa".map { scenario.newJob(String($0)) }
                try await scenario.insert(jobs)
                var request = scenario.request(["a", "b"], limit: 2)
                request.batchSizes = ["a": 3]
                let first = try await scenario.transaction { [request] in try $0.claimJobs(request).jobs.map(\.row.id) }
                try expect(first, equals: [0, 1, 2, 4].map { jobs[$0].id }, "the claimed jobs")
                let second = try await scenario.transaction { [request] in try $0.claimJobs(request).jobs.map(\.row.id)
                }
                try expect(second, equals: [3, 5].map { jobs[$0].id }, "the claimed jobs")
            },
            test("types have batches of different sizes, and none is one job") { scenario in
                try await scenario.insert((0..<4).map { _ in scenario.newJob("two") })
                try await scenario.insert((0..<4).map { _ in scenario.newJob("single") })
                try await scenario.insert((0..<9).map { _ in scenario.newJob("four") })
                let request = ClaimRequest(
                    typeNames: ["two", "four", "single"], limit: 5, batchSizes: ["two": 2, "four": 4], worker: "worker",
                    leaseDuration: .seconds(30))
                let types = try await scenario.transaction { try $0.claimJobs(request).jobs.map(\.row.typeName) }
                let counts = Dictionary(grouping: types) { $0 }.mapValues(\.count)
                try expect(counts, equals: ["two": 4, "single": 3], "the numbers of claimed jobs")
                let rest = try await scenario.transaction { try $0.claimJobs(request).jobs.map(\.row.typeName) }
                let restCounts = Dictionary(grouping: rest) { $0 }.mapValues(\.count)
                try expect(restCounts, equals: ["single": 1, "four": 9], "the numbers of claimed jobs")
            },
            test("jobs of a batch have a lease of their own each") { scenario in
                try await scenario.insert((0..<3).map { _ in scenario.newJob() })
                var request = scenario.request(limit: 1)
                request.batchSizes = ["job": 3]
                let claimed = try await scenario.transaction { [request] in try $0.claimJobs(request).jobs.map(\.row) }
                try expect(claimed.count, equals: 3, "the number of claimed jobs")
                try await scenario.settle(claimed[1], .completed(output: "1"))
                let renewed = try await scenario.transaction {
                    try $0.renewLeases(claimed.map(\.lease), for: .seconds(30))
                }
                try expect(renewed, equals: [claimed[0].lease, claimed[2].lease], "the leases that are held")
            },
            test("a batch that is not full says when the next job is due, if there are slots left") { scenario in
                try await scenario.insert(
                    scenario.newJob(), scenario.newJob(), scenario.newJob(schedule: .after(.seconds(9))))
                var request = scenario.request(limit: 2)
                request.batchSizes = ["job": 5]
                let result = try await scenario.transaction { [request] in
                    let result = try $0.claimJobs(request)
                    return (result.jobs.count, result.nextDueIn)
                }
                try expect(result.0, equals: 2, "the number of claimed jobs")
                try expect(result.1, equals: .seconds(9), "the time to the next job")
            },
        ]
    }
}

extension StateScenario {
    /// The sizes of claims, until one is empty.
    fileprivate func claimSizes(
        _ typeNames: [String], limit: Int, batchSizes: [String: Int]
    ) async throws -> [Int] {
        var request = request(typeNames, limit: limit)
        request.batchSizes = batchSizes
        var sizes: [Int] = []
        repeat {
            sizes.append(try await transaction { [request] in try $0.claimJobs(request).jobs.count })
        } while sizes.last != 0
        return sizes
    }
}
