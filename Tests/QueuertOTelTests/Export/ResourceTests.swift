import Foundation
import Testing

@testable import QueuertOTel

@Suite("Resource") struct ResourceTests {
    @Test("B11 names the service after the executable, and the SDK")
    func detected() throws {
        let id = try #require(UUID(uuidString: "6B29FC40-CA47-4067-B31D-00DD010662DA"))
        let resource = Resource.detected(executable: "/usr/bin/shop", processID: 7, hostName: "box", instanceID: id)
        #expect(
            resource.attributes == [
                Attribute("service.name", "unknown_service:shop"),
                Attribute("service.instance.id", "6b29fc40-ca47-4067-b31d-00dd010662da"),
                Attribute("telemetry.sdk.name", "queuert-otel"), Attribute("telemetry.sdk.language", "swift"),
                Attribute("telemetry.sdk.version", .string(LibraryVersion.current)), Attribute("process.pid", 7),
                Attribute("host.name", "box"),
            ])
        let nameless = Resource.detected(executable: "", processID: 7, hostName: "", instanceID: id)
        #expect(nameless[attribute: "service.name"] == "unknown_service")
        #expect(nameless[attribute: "host.name"] == nil)
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
