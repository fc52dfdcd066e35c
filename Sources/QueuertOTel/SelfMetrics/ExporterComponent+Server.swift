extension ExporterComponent {
    /// Where the exporter sends to, as `server.address` and `server.port`; none if that is no address.
    var server: [Attribute] {
        let parts = (endpoint ?? "").split(separator: "/")
        guard parts.count > 1 else { return [] }
        var (host, port) = (parts[1], parts[0] == "https:" ? 443 : 80)
        // The other colons, those of an address of IPv6, are in brackets.
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            port = Int(host[host.index(after: colon)...]) ?? port
            host = host[..<colon]
        }
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        return [
            Attribute(QueueAttributes.serverAddress, .string(String(host))),
            Attribute(QueueAttributes.serverPort, .int(Int64(port))),
        ]
    }
}
