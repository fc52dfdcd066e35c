extension Processor {
    static func makeAtomic<Kind: JobType, Context>(
        _ type: Kind.Type, _ settings: ProcessorSettings, _ middleware: MiddlewareStack<Context>,
        _ handler: @escaping @Sendable (Job<Kind>, Context, isolated Adapter.Connection) async throws -> Decision<Kind>
    ) -> Self {
        Self(
            type, settings, middleware.types,
            .single { attempt, client in
                let job = try attempt.job(Kind.self)
                do {
                    try await middleware.handle([attempt]) { context, run in
                        try await attempt.settling {
                            try await client.adapter.withTransaction { connection in
                                let decision = try await run.complete { try await handler(job, context, connection) }
                                try attempt.checkTime()
                                attempt.startPhase(.complete)
                                try client.settle(decision, of: attempt, on: connection)
                            }
                        }
                    }
                    attempt.endPhase(nil)
                } catch {
                    attempt.endPhase(error)
                    throw error
                }
                return nil
            })
    }

    static func makeStaged<Kind: JobType, Context>(
        _ type: Kind.Type, _ settings: ProcessorSettings, _ middleware: MiddlewareStack<Context>,
        _ handler:
            @escaping @Sendable (Job<Kind>, Context, consuming StagedAttempt<Kind, Adapter>) async throws -> Completed<
                Kind
            >
    ) -> Self {
        Self(
            type, settings, middleware.types,
            .single { attempt, client in
                let job = try attempt.job(Kind.self)
                try await middleware.handle([attempt]) { context, run in
                    // The transaction of `complete` counts as open in the handler, though another task runs it.
                    let scope = TransactionScope()
                    try await scope.bind {
                        let completion = OpenCompletion()
                        do {
                            let staged = StagedAttempt<Kind, Adapter>(
                                attempt: attempt, client: client, middleware: run, completion: completion, scope: scope)
                            _ = try await handler(job, context, staged)
                        } catch {
                            await completion.rollBack(error)
                            throw error
                        }
                        try await completion.commit()
                    }
                }
                return nil
            })
    }

    static func makeDetached<Kind: JobType, Context>(
        _ type: Kind.Type, _ settings: ProcessorSettings, _ middleware: MiddlewareStack<Context>,
        _ handler: @escaping @Sendable (Job<Kind>, Context) async throws -> Decision<Kind>
    ) -> Self {
        Self(
            type, settings, middleware.types,
            .single { attempt, _ in
                let job = try attempt.job(Kind.self)
                let decision = try await middleware.handle([attempt]) { context, _ in try await handler(job, context) }
                try attempt.checkTime()
                attempt.startPhase(.complete)
                do {
                    return try attempt.settling(decision)
                } catch {
                    attempt.endPhase(error)
                    throw error
                }
            })
    }
}
