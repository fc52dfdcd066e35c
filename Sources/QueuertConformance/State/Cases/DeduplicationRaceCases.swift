import Queuert

extension StateConformance {
    var deduplicationUndoCases: [ConformanceCase] {
        [
            test("a key that a rolled back transaction took is free, or the chain's that had it before") { scenario in
                let rule = Deduplication(key: "k", scope: .any)
                let undone = scenario.newJob(deduplication: rule)
                try await scenario.rolledBack { _ = try $0.insertJobs([undone]) }
                let first = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(!first.isExisting, "the key is free")
                let other = scenario.newJob(
                    deduplication: Deduplication(key: "k", scope: .any, excluding: [first.row.chainID]))
                try await scenario.rolledBack { operations in
                    try expect(try !operations.insertJobs([other])[0].isExisting, "the key is taken over")
                }
                let third = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(third.row.id, equals: first.row.id, "the chain that has the key")
            },
            test("the key of a chain that is deleted is free") { scenario in
                let rule = Deduplication(key: "k", scope: .any)
                let first = try await scenario.start(scenario.newJob(deduplication: rule)).row
                try await scenario.delete([first.chainID])
                let second = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(!second.isExisting, "the key is free")
                let third = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(third.row.id, equals: second.row.id, "the chain that has the key")
            },
            test("deleting a chain that no longer has its key leaves the key where it is") { scenario in
                let rule = Deduplication(key: "k")
                let first = try await scenario.start(scenario.newJob(deduplication: rule)).row
                try await scenario.settle(try await scenario.claimOnly().row, .completed(output: "1"))
                let second = try await scenario.start(scenario.newJob(deduplication: rule)).row
                try await scenario.delete([first.chainID])
                let third = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(third.row.id, equals: second.id, "the chain that has the key")
            },
        ]
    }

    var deduplicationRaceCases: [ConformanceCase] {
        [
            test("of many who start a chain with one key at the same time one does, and the others are given it") {
                scenario in
                for round in 0..<10 {
                    let jobs = (0..<12).map { number in
                        scenario.newJob("type-\(number % 2)", deduplication: Deduplication(key: "round \(round)"))
                    }
                    let results = try await scenario.concurrently(jobs.count) { try await scenario.start(jobs[$0]) }
                    for typeName in ["type-0", "type-1"] {
                        let mine = results.filter { $0.row.typeName == typeName }
                        try expect(mine.count { !$0.isExisting }, equals: 1, "the number of chains (round \(round))")
                        try expect(Set(mine.map(\.row.id)).count, equals: 1, "the number of chains that are returned")
                    }
                }
                try expect(
                    try await scenario.waitingJobCounts(), equals: ["type-0": 10, "type-1": 10], "the written jobs")
            },
            test("of many who start a chain at the moment at which the one with their key ends one does at most") {
                scenario in
                let rule = Deduplication(key: "k")
                for round in 0..<10 {
                    try await scenario.start(scenario.newJob(deduplication: rule))
                    let running = try await scenario.claimOnly().row
                    let jobs = (0..<6).map { _ in scenario.newJob(deduplication: rule) }
                    let results = try await scenario.concurrently(7) { number -> InsertedJob? in
                        if number < 6 { return try await scenario.start(jobs[number]) }
                        try await scenario.settle(running, .completed(output: "1"))
                        return nil
                    }
                    let started = results.compactMap { $0 }.filter { !$0.isExisting }
                    try expect(started.count <= 1, "one chain at most is started (round \(round))")
                    let open = try await scenario.claim().jobs.map(\.row)
                    try expect(open.map(\.id), equals: started.map(\.row.id), "the chains that are open")
                    for row in open { try await scenario.settle(row, .completed(output: "1")) }
                }
            },
        ]
    }
}
