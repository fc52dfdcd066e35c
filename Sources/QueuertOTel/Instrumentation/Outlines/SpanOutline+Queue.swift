internal import Queuert

extension SpanOutline {
    /// `start`, of a call that starts several chains.
    static func start(_ batch: BatchStarting, server: [Attribute]) -> SpanOutline {
        var attributes = [
            QueueAttributes.system, Attribute(QueueAttributes.operationName, "start"),
            Attribute(QueueAttributes.operationType, "send"),
            Attribute(QueueAttributes.batchCount, .int(Int64(batch.chainTypeNames.count))),
        ]
        attributes += server
        guard let type = batch.commonTypeName else {
            return SpanOutline(name: "start", kind: .client, attributes: attributes)
        }
        attributes.append(Attribute(QueueAttributes.destination, .string(type)))
        return SpanOutline(name: "start \(type)", kind: .client, attributes: attributes)
    }

    /// `prepare` or `complete`, a part of an attempt.
    static func phase(_ phase: AttemptPhase, of row: JobRow, server: [Attribute]) -> SpanOutline {
        SpanOutline(
            name: phase.spanName(of: row), kind: phase.spanKind,
            attributes: row.attributes(
                operation: phase.rawValue, type: phase == .complete ? "settle" : nil, server: server))
    }

    /// `complete`, of a job that no worker has.
    static func completion(of row: JobRow, server: [Attribute]) -> SpanOutline {
        phase(.complete, of: row, server: server)
    }

    /// `wait`, for a worker.
    static func wait(of row: JobRow, server: [Attribute]) -> SpanOutline {
        var attributes = row.attributes(operation: "wait", type: nil, server: server)
        attributes.append(Attribute(QueueAttributes.waitType, "queue"))
        return SpanOutline(name: "wait " + row.typeName, kind: .internal, attributes: attributes)
    }

    /// `await`, for another chain.
    static func wait(_ wait: BlockerResolution) -> SpanOutline {
        let resolved = wait.wait
        return SpanOutline(
            name: "await \(wait.chainTypeName)", kind: .internal,
            attributes: [
                QueueAttributes.system,
                Attribute(QueueAttributes.conversationID, .string(resolved.jobChainID.rawValue)),
                Attribute(QueueAttributes.jobID, .string(resolved.jobID.rawValue)),
                Attribute(QueueAttributes.jobType, .string(resolved.jobTypeName)),
                Attribute(QueueAttributes.blockerChainID, .string(wait.chainID.rawValue)),
                Attribute(QueueAttributes.blockerChainType, .string(wait.chainTypeName)),
                Attribute(QueueAttributes.blockerIndex, .int(Int64(resolved.ordinal))),
                Attribute(QueueAttributes.waitType, "blocked"),
            ])
    }

    /// `chain`, from its creation to its end.
    static func chain(_ chain: ChainEnding) -> SpanOutline {
        var outline = SpanOutline(
            name: "chain " + chain.typeName, kind: .internal,
            attributes: [
                QueueAttributes.system,
                Attribute(QueueAttributes.conversationID, .string(chain.id.rawValue)),
                Attribute(QueueAttributes.chainID, .string(chain.id.rawValue)),
                Attribute(QueueAttributes.chainType, .string(chain.typeName)),
                Attribute(QueueAttributes.chainJobs, .int(Int64(chain.jobCount))),
            ])
        if chain.result != .completed {
            outline.attributes.append(Attribute(QueueAttributes.errorType, "cancelled"))
            let word = chain.result == .deleted ? "deleted" : "cancelled"
            outline.status = .error(description: "the chain was \(word)")
        }
        return outline
    }
}

extension AttemptPhase {
    /// The name of a phase's span.
    func spanName(of row: JobRow) -> String { rawValue + " " + row.typeName }

    /// The role of a phase's span: only what settles the attempt asks something of the queue.
    var spanKind: SpanData.Kind { self == .complete ? .client : .internal }
}

extension BatchStarting {
    /// The type of all the chains; chains of several types have no one destination.
    var commonTypeName: String? {
        chainTypeNames.allSatisfy { $0 == chainTypeNames.first } ? chainTypeNames.first : nil
    }
}
