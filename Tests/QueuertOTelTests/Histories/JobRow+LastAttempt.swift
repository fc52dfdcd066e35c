import Queuert

@testable import QueuertOTel

extension JobRow {
    /// The context of the last attempt's span: what is stored of it, or what follows from what is stored.
    var lastAttemptContext: String? {
        if let stored = trace.attemptContext { return stored }
        guard lastAttemptAt != nil, var context = trace.jobContext.flatMap({ TraceContext(traceparent: $0) }) else {
            return nil
        }
        context.spanID = AttemptIdentity(of: self, creation: context).spanID
        return context.traceparent
    }
}
