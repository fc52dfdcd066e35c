internal import Tracing

/// Does what sends telemetry, so that none is made of it: spans that are started meanwhile, also in tasks that are begun,
/// record nothing, and what is logged is not exported.
///
/// - Parameter body: What is done.
/// - Returns: What it returns.
/// - Throws: What it throws.
package func untraced<R>(_ body: () throws -> R) rethrows -> R {
    var context = ServiceContext.current ?? .topLevel
    context.isTracingSuppressed = true
    return try ServiceContext.withValue(context) { try body() }
}
