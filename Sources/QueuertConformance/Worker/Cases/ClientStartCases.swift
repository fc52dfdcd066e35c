import Queuert

extension WorkerConformance {
    var clientStartCases: [ConformanceCase] {
        [
            test("many chains of a type are started at once, in order, and those with one key are one chain") {
                scenario in
                let rule = Deduplication(key: "k")
                let chains = try await scenario.client.startJobChains([
                    NewChain(Echo.self, input: "a", deduplication: rule), NewChain(Echo.self, input: "b"),
                    NewChain(Echo.self, input: "c", deduplication: rule),
                ])
                try expect(chains.map(\.isExisting), equals: [false, false, true], "which chains were there already")
                try expect(chains[2], equals: chains[0], "the chain of the second one with the key")
                let inputs = try await scenario.client.chains(ChainQuery(order: .oldestFirst)).items.map(\.first.input)
                try expect(inputs, equals: [#""a""#, #""b""#], "the inputs of the chains")
                let none = try await scenario.client.startJobChains([NewChain<Echo>]())
                try expect(none, equals: [], "what came of no chains")
            },
            test("chains of several types are started together, each with its own output") { scenario in
                let processors: [Processor<Faulty>] = [
                    .detached(Echo.self) { .finish($0.input) }, .detached(Count.self) { .finish($0.input) },
                ]
                try await scenario.withWorker(processors) { _ in
                    let (echo, count) = try await scenario.client.startJobChains(
                        NewChain(Echo.self, input: "x"), NewChain(Count.self, input: 7))
                    try expect(try await scenario.client.awaitJobChain(echo).output, equals: "x", "an output")
                    try expect(try await scenario.client.awaitJobChain(count).output, equals: 7, "an output")
                }
            },
            test("of many who start a chain with one key at the same time one does, and all are given it") { scenario in
                let chains = try await scenario.state.concurrently(12) { number in
                    try await scenario.client.startJobChain(
                        Echo.self, input: "\(number)", deduplication: Deduplication(key: "k"))
                }
                try expect(chains.count { !$0.isExisting }, equals: 1, "the number of chains that were started")
                try expect(Set(chains).count, equals: 1, "the number of different chains")
            },
            test("an identifier that is taken is refused by its name, and the transaction goes on") { scenario in
                let client = scenario.client
                let id = scenario.state.makeID()
                try await client.startJobChain(Echo.self, input: "mine", id: id)
                try await client.withTransaction { db in
                    let error = try await expectError(DuplicateJobIDError.self, "a second chain of this name") {
                        try await client.startJobChain(Echo.self, input: "yours", id: id, on: db)
                    }
                    try expect(error.id, equals: id, "the identifier that the error names")
                    try await client.startJobChain(Count.self, input: 1, on: db)
                }
                let waiting = try await scenario.state.waitingJobCounts()
                try expect(waiting, equals: ["echo": 1, "count": 1], "the jobs that wait")
                let input = try await scenario.row(Chain<Echo>(id: id)).input
                try expect(input, equals: #""mine""#, "the first one's input")
            },
            test("workers are not told of a job that is blocked, but when it is not any more") { scenario in
                let client = scenario.client
                let log = Journal()
                try await scenario.notify.withListener({ for type in $0.dueTypes { log.add(type) } }) {
                    let count = try await client.startJobChain(Count.self, input: 1)
                    try await client.startJobChain(Gather.self, input: "x", blockers: [count])
                    try await log.wait(of: "count")
                    try expect(log.count(of: "gather"), equals: 0, "the number of hints of the blocked job")
                    try await client.completeJob(Count.self, of: count) { .finish($0.input) }
                    try await log.wait(of: "gather")
                }
            },
        ]
    }
}
