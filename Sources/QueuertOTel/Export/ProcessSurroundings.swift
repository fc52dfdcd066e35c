internal import FoundationEssentials

/// What the system tells a process about itself; empty where it tells nothing.
struct ProcessSurroundings {
    var firstArgument = ""
    var executablePath = ""
    var processID: Int32 = 0
    var hostName = ""
    /// What `/etc/machine-id` holds.
    var machineID = ""
    /// What `/proc/self/cgroup` holds.
    var cgroup = ""
    /// What `/proc/self/mountinfo` holds.
    var mounts = ""

    /// Those of this process.
    static var current: ProcessSurroundings {
        var executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        // The system adds this where the file was replaced while the program runs.
        let ending = " (deleted)"
        if executable.hasSuffix(ending) { executable.removeLast(ending.count) }
        return ProcessSurroundings(
            firstArgument: CommandLine.arguments.first ?? "", executablePath: executable,
            processID: ProcessInfo.processInfo.processIdentifier, hostName: ProcessInfo.processInfo.hostName,
            machineID: HTTPText.trimmed(text("/etc/machine-id").prefix { !$0.isNewline }),
            cgroup: text("/proc/self/cgroup"), mounts: text("/proc/self/mountinfo"))
    }

    private static func text(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// The system, as the conventions call it; empty for one that they don't know.
    static var system: String {
        #if os(Linux)
        return "linux"
        #elseif canImport(Darwin)
        return "darwin"
        #else
        return ""
        #endif
    }

    /// The processor's architecture, as the conventions call it; empty for one that they don't know.
    static var architecture: String {
        #if arch(x86_64)
        return "amd64"
        #elseif arch(arm64)
        return "arm64"
        #elseif arch(arm)
        return "arm32"
        #elseif arch(i386)
        return "x86"
        #elseif arch(s390x)
        return "s390x"
        #elseif arch(powerpc64) || arch(powerpc64le)
        return "ppc64"
        #else
        return ""
        #endif
    }

    /// Whether a text is what `/etc/machine-id` holds on a machine that has an identity; before the first start it may be a
    /// word.
    static func isMachineID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy(ContainerIdentifier.isLowercaseHexadecimalDigit)
    }
}
