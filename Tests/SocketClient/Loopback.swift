import Glibc

/// Sockets of this machine alone.
package enum Loopback {
    /// A socket that is connected to a port.
    ///
    /// - Parameter receiveBuffer: bytes that the system may keep for it; nil leaves that to the system.
    package static func connect(port: Int, receiveBuffer: Int32? = nil) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure("no socket: errno \(errno)") }
        if var size = receiveBuffer {
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                // The type that Glibc has for it where _GNU_SOURCE is defined, as in all targets here.
                Glibc.connect(
                    descriptor, __CONST_SOCKADDR_ARG(__sockaddr__: $0),
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            let code = errno
            close(descriptor)
            throw SocketFailure("cannot connect: errno \(code)")
        }
        return descriptor
    }
}

/// Why a socket did not do what a test wanted.
package struct SocketFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
