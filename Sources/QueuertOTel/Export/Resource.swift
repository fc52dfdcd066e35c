import FoundationEssentials

/// The process that telemetry comes from, described by attributes.
public struct Resource: Hashable, Sendable {
    /// What is known of the process, each key once.
    public var attributes: [Attribute]

    /// Makes a resource.
    ///
    /// - Parameter attributes: What is known of the process, each key once.
    public init(attributes: [Attribute] = []) {
        self.attributes = attributes
    }

    /// The value of an attribute, or `nil` if the resource doesn't have it.
    ///
    /// - Parameter key: The attribute's name.
    public subscript(attribute key: String) -> AttributeValue? {
        attributes.first { $0.key == key }?.value
    }

    /// Adds the attributes of another resource, which win where both have a key.
    ///
    /// - Parameter other: The resource whose attributes win.
    /// - Returns: The attributes of both.
    public func merging(_ other: Resource) -> Resource {
        let winners = Set(other.attributes.map(\.key))
        return Resource(attributes: attributes.filter { !winners.contains($0.key) } + other.attributes)
    }

    /// What the process can find out about itself: service name, instance, process, host and SDK.
    ///
    /// Merge ``EnvironmentConfiguration/resource`` and then your own attributes into it.
    ///
    /// - Returns: The resource, with a service instance identifier of its own on every call.
    public static func detected() -> Resource {
        detected(
            executable: CommandLine.arguments.first ?? "", processID: ProcessInfo.processInfo.processIdentifier,
            hostName: ProcessInfo.processInfo.hostName, instanceID: UUID())
    }

    static func detected(executable: String, processID: Int32, hostName: String, instanceID: UUID) -> Resource {
        let name = executable.split(separator: "/").last.map { "unknown_service:\($0)" } ?? "unknown_service"
        var attributes = [
            Attribute("service.name", .string(name)),
            Attribute("service.instance.id", .string(instanceID.uuidString.lowercased())),
            Attribute("telemetry.sdk.name", "queuert-otel"),
            Attribute("telemetry.sdk.language", "swift"),
            Attribute("telemetry.sdk.version", .string(LibraryVersion.current)),
            Attribute("process.pid", .int(Int64(processID))),
        ]
        if !hostName.isEmpty { attributes.append(Attribute("host.name", .string(hostName))) }
        return Resource(attributes: attributes)
    }
}
