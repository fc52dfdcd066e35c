/// Decides as the parent was decided, and leaves the roots of traces to another sampler.
///
/// A trace is so recorded as a whole or not at all.
public struct ParentBasedSampler: Sampler {
    /// Decides where there is no parent.
    public let root: any Sampler
    /// Decides below a recorded span of another process.
    public let remoteParentSampled: any Sampler
    /// Decides below an unrecorded span of another process.
    public let remoteParentNotSampled: any Sampler
    /// Decides below a recorded span of this process.
    public let localParentSampled: any Sampler
    /// Decides below an unrecorded span of this process.
    public let localParentNotSampled: any Sampler

    /// Makes a sampler.
    ///
    /// - Parameters:
    ///   - root: Decides where there is no parent.
    ///   - remoteParentSampled: Decides below a recorded span of another process.
    ///   - remoteParentNotSampled: Decides below an unrecorded span of another process.
    ///   - localParentSampled: Decides below a recorded span of this process.
    ///   - localParentNotSampled: Decides below an unrecorded span of this process.
    public init(
        root: any Sampler,
        remoteParentSampled: any Sampler = AlwaysOnSampler(),
        remoteParentNotSampled: any Sampler = AlwaysOffSampler(),
        localParentSampled: any Sampler = AlwaysOnSampler(),
        localParentNotSampled: any Sampler = AlwaysOffSampler()
    ) {
        self.root = root
        self.remoteParentSampled = remoteParentSampled
        self.remoteParentNotSampled = remoteParentNotSampled
        self.localParentSampled = localParentSampled
        self.localParentNotSampled = localParentNotSampled
    }

    /// The sampler's name and those of the samplers it asks.
    public var description: String {
        "ParentBased{root:\(root),remoteParentSampled:\(remoteParentSampled),"
            + "remoteParentNotSampled:\(remoteParentNotSampled),localParentSampled:\(localParentSampled),"
            + "localParentNotSampled:\(localParentNotSampled)}"
    }

    /// Asks the sampler for the kind of parent that there is.
    ///
    /// - Parameters:
    ///   - parent: The span above; `nil` for the root of a trace.
    ///   - traceID: The trace.
    ///   - name: What will be done.
    ///   - kind: The role of the span.
    ///   - attributes: What is known at the start.
    ///   - links: The relations known at the start.
    /// - Returns: What that sampler says.
    public func shouldSample(
        parent: TraceContext?, traceID: TraceID, name: String, kind: SpanData.Kind, attributes: [Attribute],
        links: [SpanData.Link]
    ) -> Bool {
        sampler(for: parent).shouldSample(
            parent: parent, traceID: traceID, name: name, kind: kind, attributes: attributes, links: links)
    }

    /// Asks the sampler for the kind of parent that there is.
    ///
    /// - Parameters:
    ///   - parent: The span above; `nil` for the root of a trace.
    ///   - traceID: The trace.
    ///   - state: The `tracestate`.
    ///   - name: What will be done.
    ///   - kind: The role of the span.
    ///   - attributes: What is known at the start.
    ///   - links: The relations known at the start.
    /// - Returns: What that sampler says.
    public func decide(
        parent: TraceContext?, traceID: TraceID, state: String, name: String, kind: SpanData.Kind,
        attributes: [Attribute], links: [SpanData.Link]
    ) -> SamplingDecision {
        sampler(for: parent).decide(
            parent: parent, traceID: traceID, state: state, name: name, kind: kind, attributes: attributes,
            links: links)
    }

    private func sampler(for parent: TraceContext?) -> any Sampler {
        guard let parent else { return root }
        return switch (parent.isRemote, parent.isSampled) {
        case (true, true): remoteParentSampled
        case (true, false): remoteParentNotSampled
        case (false, true): localParentSampled
        case (false, false): localParentNotSampled
        }
    }
}
