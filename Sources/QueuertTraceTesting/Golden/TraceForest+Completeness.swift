import QueuertOTel

extension TraceForest {
    /// Whether nothing more is to come in the traces that there are: all spans have ended, those above them are there, and
    /// all chains are over.
    ///
    /// Between two jobs of a chain no span is open, and yet one is to come.
    var isComplete: Bool {
        guard openSpans.isEmpty, !spans.isEmpty else { return false }
        let areRooted = traces.allSatisfy { trace in
            trace.roots.allSatisfy { $0.span.parent?.isRemote ?? true }
        }
        return areRooted && chainIDs.allSatisfy { chain($0)?.isOver ?? true }
    }
}

extension ChainTrace {
    /// Whether nothing more happens: the chain has ended, or its last attempt has failed for good, or it was never written.
    fileprivate var isOver: Bool {
        if ending != nil { return true }
        if let last = attempts.last {
            return last.result == "failed" && last.span[attribute: "queuert.rescheduled_at"] == nil
        }
        return spans.allSatisfy { span in
            span[attribute: "queuert.transaction.outcome"] == "rolled_back"
                || span[attribute: "queuert.chain.deduplicated"] == true
                // What was refused: whatever becomes of the transaction, it is no part of it.
                || span.kind == .producer && span[attribute: "error.type"] != nil
        }
    }
}
