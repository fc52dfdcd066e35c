import Queuert

extension StateConformance {
    var cascadeCases: [ConformanceCase] {
        [
            test("a cascade deletes what any job of the chain waited for, and what that waited for") { scenario in
                let deep = try await scenario.endedChain("deep")
                let early = try await scenario.insert(scenario.newJob("early", blockers: [deep]))[0]
                try await scenario.settle(try await scenario.claimOnly("early").row, .completed(output: "1"))
                let late = try await scenario.insert(scenario.newJob("late"))[0]
                try await scenario.insert(scenario.newJob(blockers: [early.chainID]))
                let first = try await scenario.claimOnly().row
                try await scenario.settle(
                    first, .continued(scenario.successor(of: first, blockers: [late.chainID])))
                let other = try await scenario.endedChain("other")
                let all = [first.chainID, early.chainID, late.chainID, deep]
                let deleted = try await scenario.delete([first.chainID], cascade: true)
                try expect(Set(deleted.map(\.ends.first.id)), equals: Set(all), "the deleted chains")
                try expect(deleted.count, equals: 4, "the number of deleted chains")
                try expect(try await scenario.existing(all + [other]), equals: [other], "the chains that are left")
            },
            test("without a cascade what a chain waited for is left") { scenario in
                let blocker = try await scenario.endedChain("blocker")
                let row = try await scenario.insert(scenario.newJob(blockers: [blocker]))[0]
                try await scenario.delete([row.chainID])
                try expect(try await scenario.existing([blocker, row.chainID]), equals: [blocker], "what is left")
            },
            test("a cascade leaves what others need that have not ended, and what that needs in turn") { scenario in
                let deep = try await scenario.insert(scenario.newJob("deep"))[0]
                let shared = try await scenario.insert(scenario.newJob("shared", blockers: [deep.chainID]))[0]
                let own = try await scenario.insert(scenario.newJob("own"))[0]
                let other = try await scenario.insert(scenario.newJob("other", blockers: [shared.chainID]))[0]
                let row = try await scenario.insert(
                    scenario.newJob(blockers: [shared.chainID, own.chainID, deep.chainID]))[0]
                let deleted = try await scenario.delete([row.chainID], cascade: true)
                try expect(
                    Set(deleted.map(\.ends.first.id)), equals: [row.id, own.id], "the chains that are deleted")
                try expect(
                    try await scenario.existing([deep, shared, own, other, row].map(\.chainID)),
                    equals: [deep.id, shared.id, other.id], "the chains that are left")
                try await scenario.settle(try await scenario.claimOnly("deep").row, .completed(output: "1"))
                try await scenario.settle(try await scenario.claimOnly("shared").row, .completed(output: "2"))
                try expect(
                    try await scenario.claimOnly("other").blockers.map(\.output), equals: ["2"],
                    "the other one's blockers")
            },
            test("a cascade takes what others needed that have ended") { scenario in
                let shared = try await scenario.endedChain("shared")
                let ended = try await scenario.insert(scenario.newJob("ended", blockers: [shared]))[0]
                try await scenario.settle(try await scenario.claimOnly("ended").row, .completed(output: "1"))
                let row = try await scenario.insert(scenario.newJob(blockers: [shared]))[0]
                let deleted = try await scenario.delete([row.chainID], cascade: true)
                try expect(Set(deleted.map(\.ends.first.id)), equals: [row.id, shared], "the deleted chains")
                try expect(try await scenario.existing([ended.chainID]), equals: [ended.chainID], "what is left")
            },
            test("a cascade is refused if a named chain is needed, and nothing is changed") { scenario in
                let blocker = try await scenario.endedChain("blocker")
                let named = try await scenario.insert(scenario.newJob("named", blockers: [blocker]))[0]
                try await scenario.insert(scenario.newJob(blockers: [named.chainID]))
                _ = try await scenario.deletionError([named.chainID], cascade: true)
                try expect(
                    try await scenario.existing([blocker, named.chainID]), equals: [blocker, named.chainID],
                    "the chains that are left")
            },
            test("a cascade interrupts what runs") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let row = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                let deleted = try await scenario.delete([row.chainID], cascade: true)
                try expect(deleted.compactMap(\.interrupted?.row), equals: [blocker], "the attempts that ran")
            },
            test("an attempt that a cascade interrupts has what its job waited for, though that is deleted, too") {
                scenario in
                let blocker = try await scenario.endedChain("blocker")
                try await scenario.insert(scenario.newJob(blockers: [blocker]))
                let claimed = try await scenario.claimOnly()
                let deleted = try await scenario.delete([claimed.row.chainID], cascade: true)
                try expect(deleted.compactMap(\.interrupted), equals: [claimed], "the attempt that ran")
            },
            test("a blocker that several of the chains share is deleted once") { scenario in
                let shared = try await scenario.insert(scenario.newJob("shared"))[0]
                let rows = try await scenario.insert(
                    (0..<3).map { _ in scenario.newJob(blockers: [shared.chainID, shared.chainID]) })
                let deleted = try await scenario.delete(rows.map(\.chainID), cascade: true)
                try expect(deleted.count, equals: 4, "the number of deleted chains")
            },
        ]
    }
}
