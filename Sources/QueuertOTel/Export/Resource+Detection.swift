internal import FoundationEssentials

extension Resource {
    /// What the process can find out about itself: service name, instance, SDK, process, host and container.
    ///
    /// Merge ``EnvironmentConfiguration/resource`` and then your own attributes into it. `docs/configuration.md` lists the
    /// attributes; what can't be found out is left out.
    ///
    /// - Returns: The resource, with a service instance identifier of its own on every call.
    public static func detected() -> Resource { detected(in: .current, instanceID: UUID()) }

    static func detected(in surroundings: ProcessSurroundings, instanceID: UUID) -> Resource {
        let name = lastPart(surroundings.firstArgument)
        var attributes = [
            Attribute("service.name", .string(name.isEmpty ? "unknown_service" : "unknown_service:\(name)")),
            Attribute("service.instance.id", .string(instanceID.uuidString.lowercased())),
            Attribute("telemetry.sdk.name", "queuert-otel"),
            Attribute("telemetry.sdk.language", "swift"),
            Attribute("telemetry.sdk.version", .string(LibraryVersion.current)),
            Attribute("process.pid", .int(Int64(surroundings.processID))),
            Attribute("process.runtime.name", "swift"),
        ]
        func add(_ key: String, _ value: String) {
            if !value.isEmpty { attributes.append(Attribute(key, .string(value))) }
        }
        add("process.executable.name", lastPart(surroundings.executablePath))
        add("process.executable.path", surroundings.executablePath)
        add("os.type", ProcessSurroundings.system)
        add("host.name", surroundings.hostName)
        add("host.arch", ProcessSurroundings.architecture)
        if let container = ContainerIdentifier.find(cgroup: surroundings.cgroup, mounts: surroundings.mounts) {
            add("container.id", container)
        } else if ProcessSurroundings.isMachineID(surroundings.machineID) {
            // A container's file is its image's: it tells nothing of the machine.
            add("host.id", surroundings.machineID)
        }
        return Resource(attributes: attributes)
    }

    private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }
}
