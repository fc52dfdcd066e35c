/// Finds the identifier of the container that a process runs in, in what the system tells of its control groups and mounts.
enum ContainerIdentifier {
    /// What a container gets from outside for itself alone, from a folder with its name.
    private static let ownFiles: [Substring] = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"]

    /// Finds the identifier; `nil` outside of a container, and in one that doesn't show it.
    ///
    /// - Parameters:
    ///   - cgroup: What `/proc/self/cgroup` holds, which shows it with version 1, and with version 2 where the container shares
    ///     the host's namespace of control groups.
    ///   - mounts: What `/proc/self/mountinfo` holds.
    /// - Returns: 64 hexadecimal digits.
    static func find(cgroup: String, mounts: String) -> String? {
        inControlGroups(cgroup) ?? inMounts(mounts)
    }

    /// In lines such as `4:memory:/docker/…` and `0::/system.slice/docker-….scope`.
    private static func inControlGroups(_ text: String) -> String? {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            // From the end, since a container may run in another one.
            for part in fields[2].split(separator: "/").reversed() {
                if let identifier = identifier(ofGroup: part) { return identifier }
            }
        }
        return nil
    }

    /// In `…`, `docker-….scope`, `cri-containerd-….scope`, `libpod-….scope`, and `kubepods-….slice:cri-containerd:…`.
    private static func identifier(ofGroup name: Substring) -> String? {
        let name = name.hasSuffix(".scope") ? name.dropLast(".scope".count) : name
        guard let last = name.split(whereSeparator: { $0 == "-" || $0 == ":" }).last else { return nil }
        return isIdentifier(last) ? String(last) : nil
    }

    /// In lines such as `473 456 254:1 /docker/containers/…/hostname /etc/hostname rw - ext4 /dev/vda1 rw`.
    private static func inMounts(_ text: String) -> String? {
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, ownFiles.contains(fields[4]) else { continue }
            let parts = fields[3].split(separator: "/")
            // Kubernetes with containerd: the folder is the pod's, not the container's.
            guard !parts.contains("sandboxes") else { continue }
            if let identifier = parts.last(where: isIdentifier) { return String(identifier) }
        }
        return nil
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy(isLowercaseHexadecimalDigit)
    }

    static func isLowercaseHexadecimalDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
