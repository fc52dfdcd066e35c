/// A span as it was received.
///
/// Its coded form is OTLP's JSON form of a span, with the span's resource and scope inside.
package struct ReceivedSpan: Hashable, Sendable {
    /// Something that happened at one moment of a span.
    package struct Event: Hashable, Sendable {
        /// What happened.
        package var name = ""
        /// When, in nanoseconds since 1970.
        package var time: UInt64 = 0
        /// More about it.
        package var attributes: [ReceivedAttribute] = []
        /// How many attributes the sender dropped.
        package var droppedAttributes: UInt32 = 0
    }

    /// A relation to another span.
    package struct Link: Hashable, Sendable {
        /// The other span's trace, in lower-case hexadecimal.
        package var traceID = ""
        /// The other span, in lower-case hexadecimal.
        package var spanID = ""
        /// The other span's `tracestate`.
        package var traceState = ""
        /// What the relation is.
        package var attributes: [ReceivedAttribute] = []
        /// How many attributes the sender dropped.
        package var droppedAttributes: UInt32 = 0
        /// The trace flags of the relation.
        package var flags: UInt32 = 0
    }

    /// How a span ended.
    package struct Status: Hashable, Sendable {
        /// Zero for unset, one for good, two for an error.
        package var code = 0
        /// What went wrong.
        package var message = ""
    }

    /// The library that made a span.
    package struct Scope: Hashable, Sendable {
        /// The library's name.
        package var name = ""
        /// The library's version.
        package var version = ""
        /// More about the library.
        package var attributes: [ReceivedAttribute] = []
    }

    /// The trace, in lower-case hexadecimal.
    package var traceID = ""
    /// The span, in lower-case hexadecimal.
    package var spanID = ""
    /// The span above, in lower-case hexadecimal; empty for the root of a trace.
    package var parentSpanID = ""
    /// The span's `tracestate`.
    package var traceState = ""
    /// The trace flags.
    package var flags: UInt32 = 0
    /// What was done.
    package var name = ""
    /// The role of the span, as OTLP numbers it.
    package var kind = 0
    /// When the work began, in nanoseconds since 1970.
    package var startTime: UInt64 = 0
    /// When the work ended, in nanoseconds since 1970.
    package var endTime: UInt64 = 0
    /// More about the work.
    package var attributes: [ReceivedAttribute] = []
    /// How many attributes the sender dropped.
    package var droppedAttributes: UInt32 = 0
    /// What happened on the way.
    package var events: [Event] = []
    /// How many events the sender dropped.
    package var droppedEvents: UInt32 = 0
    /// Relations to other spans.
    package var links: [Link] = []
    /// How many links the sender dropped.
    package var droppedLinks: UInt32 = 0
    /// How the work ended.
    package var status = Status()
    /// What is known of the process that made the span.
    package var resource: [ReceivedAttribute] = []
    /// The library that made the span.
    package var scope = Scope()

    /// Makes an empty span, to be filled in.
    package init() {}
}

extension ReceivedSpan {
    /// What a service is called that doesn't say.
    static let unknownService = "unknown_service"

    /// The value of an attribute.
    ///
    /// - Parameter key: The attribute's name.
    package subscript(attribute key: String) -> ReceivedValue? {
        attributes.first { $0.key == key }?.value
    }

    /// The name of the service that made the span.
    package var serviceName: String {
        resource.first { $0.key == "service.name" }?.value.text ?? Self.unknownService
    }

    /// The chain that the span belongs to, if it says so.
    package var chainID: String? {
        self[attribute: "messaging.message.conversation_id"]?.text ?? self[attribute: "queuert.chain.id"]?.text
    }

    /// Whether the span ended with an error.
    package var isError: Bool { status.code == 2 }

    /// How long the work took, in nanoseconds; zero if the clock ran backwards.
    package var duration: UInt64 { endTime > startTime ? endTime - startTime : 0 }
}

extension ReceivedSpan.Link {
    /// What Queuert says the relation is.
    package var type: String {
        attributes.first { $0.key == "queuert.link.type" }?.value.text ?? ""
    }
}
