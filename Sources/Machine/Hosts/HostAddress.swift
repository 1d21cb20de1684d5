import CLinuxShims
import Glibc

/// Where a process of this host can be reached by those of others.
package enum HostAddress {
    /// The name that this host has for itself.
    package static var name: String {
        var text = [CChar](repeating: 0, count: 256)
        guard gethostname(&text, text.count - 1) == 0 else { return "" }
        return self.text(text)
    }

    /// The addresses of this host's networks that are up, as numbers; those that mean something on one
    /// wire alone are left out.
    static var all: [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            let isUsable =
                entry.ifa_flags & UInt32(IFF_UP) != 0
                && entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0
            guard isUsable, let address = entry.ifa_addr, let text = self.text(of: address) else {
                continue
            }
            if !text.contains("%") { found.append(text) }
        }
        return found
    }

    private static func text(of address: UnsafeMutablePointer<sockaddr>) -> String? {
        let size: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard
            getnameinfo(
                address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
                == 0
        else { return nil }
        return self.text(text)
    }

    /// What C has written, up to its first zero.
    static func text(_ characters: [CChar]) -> String {
        String(
            decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
