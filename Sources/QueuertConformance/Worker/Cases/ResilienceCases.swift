import Queuert

extension WorkerConformance {
    /// Continues each chain, and writes a chain of its own with it where the mode has a transaction for that.
    private static func writing(_ mode: ProcessorMode, _ client: Client<Faulty>) -> Processor<Faulty> {
        switch mode {
        case .atomic:
            .atomic(Begin.self) { job, db in
                try await client.startJobChain(Echo.self, input: "\(job.input)", on: db)
                return .continueWith(\.end, input: .init(number: job.input, text: ""))
            }
        case .staged:
            .staged(Begin.self) { job, attempt in
                try await attempt.prepare { _ in }
                return try await attempt.complete { db in
                    try await client.startJobChain(Echo.self, input: "\(job.input)", on: db)
                    return .continueWith(\.end, input: .init(number: job.input, text: ""))
                }
            }
        case .detached:
            .detached(Begin.self) { .continueWith(\.end, input: .init(number: $0.input, text: "")) }
        }
    }

    var resilienceCases: [ConformanceCase] {
        ProcessorMode.allCases.flatMap { mode in
            [12_345, 6_789].map { seed in
                test(
                    "a database that fails in runs, and loses replies, loses no job and doubles none (\(mode), seed \(seed))"
                ) { scenario in
                    let client = scenario.client
                    let journal = scenario.journal
                    let processors = [
                        Self.writing(mode, client),
                        mode.processor(End.self, on: Faulty.self) { .finish("\($0.input.number)") },
                        mode.processor(Count.self, on: Faulty.self) { .finish($0.input) },
                        mode.processor(Gather.self, on: Faulty.self) { .finish($0.blockers) },
                    ]
                    let chains = try await client.startJobChains((0..<20).map { NewChain(Begin.self, input: $0) })
                    let counts = try await client.startJobChains((0..<6).map { NewChain(Count.self, input: $0) })
                    let gather = try await client.startJobChain(Gather.self, input: "x", blockers: counts)
                    scenario.faults.failInRuns(seed: UInt64(seed))
                    try await scenario.withWorkers(2, processors, Self.recovering, inStepsOf: .seconds(1)) {
                        journal.count(of: "chain completed begin") == 20
                            && journal.count(of: "chain completed gather") == 1
                    }
                    for (number, chain) in chains.enumerated() {
                        let output = try await client.awaitJobChain(chain).output
                        try expect(output, equals: "\(number)", "the output of chain \(number)")
                        let rows = try await client.jobs(ofChain: chain.id)
                        try expect(rows.map(\.typeName), equals: ["begin", "end"], "its jobs")
                    }
                    let output = try await client.awaitJobChain(gather).output
                    try expect(output, equals: Array(0..<6), "the output of the chain that waited")
                    let written = try await client.chains(ChainQuery(typeNames: ["echo"], limit: 100)).items
                    let expected = mode == .detached ? [] : (0..<20).map { "\"\($0)\"" }
                    try expect(written.map(\.first.input).sorted(), equals: expected.sorted(), "what handlers wrote")
                    try expect(journal.count(of: "continued begin"), equals: 20, "how often a continuation is told")
                    try expect(journal.count(of: "completed end"), equals: 20, "how often an end is told")
                }
            }
        } + [
            test("what is started with a key, again and again until that succeeds, is started once, whatever fails") {
                scenario in
                let client = scenario.client
                scenario.faults.failInRuns(seed: 12_345)
                for number in 0..<30 {
                    let rule = Deduplication(key: "\(number)", scope: .any)
                    while true {
                        do {
                            try await client.startJobChain(Count.self, input: number, deduplication: rule)
                            break
                        } catch is InjectedFault {}
                    }
                }
                scenario.faults.clear()
                let inputs = try await client.chains(ChainQuery(order: .oldestFirst)).items.map(\.first.input)
                try expect(inputs, equals: (0..<30).map { "\($0)" }, "the inputs of the chains")
                try expect(scenario.journal.count(of: "created count"), equals: 30, "how often a start is told")
                try expect(scenario.journal.count(of: "existing count") > 0, "some replies were lost")
            }
        ]
    }
}
