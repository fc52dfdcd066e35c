import Foundation
import Testing

@testable import QueuertOTel

private let machine = "0123456789abcdef0123456789abcdef"
private let container = String(repeating: "0123456789abcdef", count: 4)
private let other = String(repeating: "fedcba9876543210", count: 4)

@Suite("Resource") struct ResourceTests {
    private static let instance = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

    private func resource(of surroundings: ProcessSurroundings) -> Resource {
        Resource.detected(in: surroundings, instanceID: Self.instance)
    }

    @Test("B11 names the service after the executable, and the SDK, the process and the host")
    func detected() {
        let resource = resource(
            of: ProcessSurroundings(
                firstArgument: "./bin/shop", executablePath: "/usr/bin/shop-1.4", processID: 7, hostName: "box",
                machineID: machine))
        #expect(
            resource.attributes == [
                Attribute("service.name", "unknown_service:shop"),
                Attribute("service.instance.id", "01020304-0506-0708-090a-0b0c0d0e0f10"),
                Attribute("telemetry.sdk.name", "queuert-otel"), Attribute("telemetry.sdk.language", "swift"),
                Attribute("telemetry.sdk.version", .string(LibraryVersion.current)), Attribute("process.pid", 7),
                Attribute("process.runtime.name", "swift"), Attribute("process.executable.name", "shop-1.4"),
                Attribute("process.executable.path", "/usr/bin/shop-1.4"),
                Attribute("os.type", .string(ProcessSurroundings.system)), Attribute("host.name", "box"),
                Attribute("host.arch", .string(ProcessSurroundings.architecture)),
                Attribute("host.id", .string(machine)),
            ])
    }

    @Test("what can't be found out is left out")
    func nothing() {
        let resource = resource(of: ProcessSurroundings(machineID: "uninitialized"))
        #expect(resource[attribute: "service.name"] == "unknown_service")
        for key in ["host.name", "host.id", "container.id", "process.executable.name", "process.executable.path"] {
            #expect(resource[attribute: key] == nil, "\(key)")
        }
    }

    @Test("in a container its identifier is told, and not the machine's, which is its image's there")
    func inContainer() {
        let resource = resource(
            of: ProcessSurroundings(machineID: machine, cgroup: "4:memory:/docker/\(container)"))
        #expect(resource[attribute: "container.id"] == .string(container))
        #expect(resource[attribute: "host.id"] == nil)
    }

    @Test(
        "a container is known by its control group",
        arguments: [
            "12:pids:/docker/\(container)\n11:memory:/docker/\(container)",
            "0::/system.slice/docker-\(container).scope",
            "11:memory:/kubepods/besteffort/pod9b1c4a9e-1f0b-4f6e-9d43-6f6a4d6b1f10/\(container)",
            "0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod9b.slice/cri-containerd-\(container).scope",
            "1:name=systemd:/system.slice/containerd.service/kubepods-burstable-pod9b.slice:cri-containerd:\(container)",
            "5:cpuset:/machine.slice/libpod-\(container).scope",
            "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-\(container).scope/container",
            "3:cpu:/docker/\(other)/docker/\(container)",
        ])
    func controlGroups(text: String) {
        #expect(ContainerIdentifier.find(cgroup: text, mounts: "") == container)
    }

    @Test(
        "where the control group says nothing, a container is known by the files that it is given",
        arguments: [
            "473 456 254:1 /docker/containers/\(container)/hostname /etc/hostname rw,relatime - ext4 /dev/vda1 rw",
            "473 456 8:1 /var/lib/docker/containers/\(container)/resolv.conf /etc/resolv.conf rw - ext4 /dev/sda1 rw",
            "983 961 0:56 /containers/overlay-containers/\(container)/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw",
            "583 582 8:1 /var/lib/nerdctl/1935db59/containers/default/\(container)/hostname /etc/hostname rw - ext4 a rw",
        ])
    func mounts(line: String) {
        let others = """
            456 455 0:48 / / rw - overlay overlay rw,upperdir=/var/lib/docker/overlay2/\(other)/diff
            460 456 8:1 /var/lib/docker/volumes/\(other)/_data /data rw - ext4 /dev/sda1 rw
            """
        #expect(ContainerIdentifier.find(cgroup: "0::/", mounts: "\(others)\n\(line)\n") == container)
    }

    @Test(
        "outside of a container there is none, and the name of a pod's folder isn't one",
        arguments: [
            ("0::/user.slice/user-1000.slice/session-4.scope", "22 1 8:1 / / rw - ext4 /dev/sda1 rw"),
            ("12:memory:/system.slice/shop.service\n0::/init.scope", ""), ("", ""), ("nonsense", "nonsense"),
            ("0::/", "583 582 8:1 /containerd/cri/sandboxes/\(container)/hostname /etc/hostname rw - ext4 a rw"),
            ("0::/", "583 582 8:1 /docker/overlay2/\(container)/merged /mnt rw - ext4 a rw"),
            ("4:memory:/docker/\(container.dropLast())", ""), ("4:memory:/docker/\(container.uppercased())", ""),
        ])
    func noContainer(cgroup: String, mounts: String) {
        #expect(ContainerIdentifier.find(cgroup: cgroup, mounts: mounts) == nil)
    }

    @Test("this process knows its program, its system and its architecture")
    func thisProcess() {
        let resource = Resource.detected()
        #expect(resource[attribute: "os.type"] != nil && resource[attribute: "host.arch"] != nil)
        #if os(Linux)
        guard case .string(let path)? = resource[attribute: "process.executable.path"] else {
            Issue.record("no path")
            return
        }
        #expect(FileManager.default.isExecutableFile(atPath: path))
        #expect(!ProcessSurroundings.current.mounts.isEmpty)
        #endif
    }

    @Test("B11 this process has an instance identifier of version 4, another on each call")
    func instance() throws {
        guard case .string(let first)? = Resource.detected()[attribute: "service.instance.id"] else {
            Issue.record("no identifier")
            return
        }
        #expect(UUID(uuidString: first) != nil)
        #expect(first.split(separator: "-")[2].hasPrefix("4"))
        #expect(Resource.detected()[attribute: "service.instance.id"] != .string(first))
        #expect(Resource.detected()[attribute: "process.pid"] == .int(Int64(getpid())))
    }

    @Test("the attributes that are merged in win")
    func merging() {
        let base = Resource(attributes: [Attribute("a", 1), Attribute("b", 2)])
        let merged = base.merging(Resource(attributes: [Attribute("a", 3), Attribute("c", 4)]))
        #expect(merged == Resource(attributes: [Attribute("b", 2), Attribute("a", 3), Attribute("c", 4)]))
    }
}
