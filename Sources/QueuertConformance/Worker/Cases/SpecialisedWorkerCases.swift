import Queuert

extension WorkerConformance {
    var specialisedWorkerCases: [ConformanceCase] {
        [
            test("two workers of different types share a database: each is woken for its jobs, and does no others") {
                scenario in
                let client = scenario.client
                // The first attempt leaves a record of who made it.
                let echo = Processor<Faulty>.detached(Echo.self) { job in
                    if job.attempt == 1 { throw RescheduleJob(.now) }
                    return .finish(job.input)
                }
                let count = Processor<Faulty>.atomic(Count.self) { job, _ in
                    if job.attempt == 1 { throw RescheduleJob(.now) }
                    return .finish(job.input)
                }
                try await scenario.withWorker([echo]) { echoing in
                    try await scenario.withWorker([count]) { counting in
                        await scenario.clock.waitForSleepers(2 * idleWorkerSleepers)
                        // The time stands still: no poll finds a job.
                        var texts: [Chain<Echo>] = []
                        var numbers: [Chain<Count>] = []
                        for number in 0..<3 {
                            texts.append(try await client.startJobChain(Echo.self, input: "\(number)"))
                            _ = try await client.awaitJobChain(texts[number])
                            numbers.append(try await client.startJobChain(Count.self, input: number))
                            _ = try await client.awaitJobChain(numbers[number])
                        }
                        let (moreTexts, moreNumbers) = try await client.withTransaction { db in
                            let texts = (3..<8).map { NewChain(Echo.self, input: "\($0)") }
                            let numbers = (3..<8).map { NewChain(Count.self, input: $0) }
                            return (
                                try await client.startJobChains(texts, on: db),
                                try await client.startJobChains(numbers, on: db)
                            )
                        }
                        texts += moreTexts
                        numbers += moreNumbers
                        for number in 0..<8 {
                            let text = try await client.awaitJobChain(texts[number]).output
                            try expect(text, equals: "\(number)", "the output of a job of one type")
                            let value = try await client.awaitJobChain(numbers[number]).output
                            try expect(value, equals: number, "the output of a job of the other")
                            let echoer = try await client.failedAttempts(ofJob: texts[number].id).map(\.worker)
                            try expect(echoer, equals: [echoing.id], "who did a job of one type")
                            let counter = try await client.failedAttempts(ofJob: numbers[number].id).map(\.worker)
                            try expect(counter, equals: [counting.id], "who did a job of the other")
                        }
                    }
                }
            }
        ]
    }
}
