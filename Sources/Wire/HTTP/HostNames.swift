/// Whom a request may name as its host.
///
/// A page of a browser may send requests to any address under a name of its own: a server on loopback that
/// took any name would serve every page that its user opens. An address is no name, so that none can
/// be turned on us.
package struct HostNames: Sendable {
    private let names: Set<String>

    /// - Parameter names: beside `localhost` and addresses, in any case.
    package init(_ names: [String] = []) {
        self.names = Set(["localhost"] + names.map { $0.lowercased() })
    }

    /// Whether a request may say this: a name, or an address, with or without a port.
    func admit(_ host: Substring) -> Bool {
        guard let name = Self.withoutPort(host) else { return false }
        return names.contains(name.lowercased()) || Self.isAddress(name)
    }

    /// nil where what follows the colon is no port.
    private static func withoutPort(_ host: Substring) -> Substring? {
        let begin =
            host.hasPrefix("[") ? host.firstIndex(of: "]") ?? host.startIndex : host.startIndex
        guard let colon = host[begin...].firstIndex(of: ":") else { return host }
        let port = host[host.index(after: colon)...]
        guard port.isEmpty || UInt16(port) != nil else { return nil }
        return host[..<colon]
    }

    /// `127.0.0.1`, `[::1]`.
    private static func isAddress(_ name: Substring) -> Bool {
        if name.hasPrefix("["), name.hasSuffix("]") {
            let inner = name.dropFirst().dropLast()
            return inner.contains(":")
                && inner.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
        }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { $0.count <= 3 && UInt8($0) != nil }
    }
}
