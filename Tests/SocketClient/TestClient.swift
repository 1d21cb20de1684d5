import Glibc

/// A client of bytes, on loopback.
///
/// What it waits for comes within seconds, or the test fails.
package final class TestClient {
    private let descriptor: Int32
    private var received: [UInt8] = []

    /// - Parameter receiveBuffer: bytes that the system may keep for it; nil leaves that to the system.
    package init(port: Int, receiveBuffer: Int32? = nil) throws {
        descriptor = try Loopback.connect(port: port, receiveBuffer: receiveBuffer)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Sends it all, or as much as the server takes.
    package func send(_ text: String) {
        send(Array(text.utf8))
    }

    package func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// A GET, or a POST with a body.
    package func ask(_ path: String, _ headers: String = "", body: String? = nil) {
        let method = body == nil ? "GET" : "POST"
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        send(
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(length)\(headers)\r\n\(body ?? "")")
    }

    /// Ends what it sends; it still reads.
    package func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// What came up to the end of a text, which is taken.
    package func read(upTo end: String) throws -> String {
        let end = Array(end.utf8)
        var searched = 0
        while true {
            if let place = received[searched...].firstRange(of: end) {
                let text = String(decoding: received[..<place.upperBound], as: UTF8.self)
                received.removeSubrange(..<place.upperBound)
                return text
            }
            searched = max(received.count - end.count, 0)
            guard try more() else {
                throw SocketFailure(
                    "the end came first: \(String(decoding: received, as: UTF8.self))")
            }
        }
    }

    package func read(count: Int) throws -> String {
        while received.count < count {
            guard try more() else { throw SocketFailure("the end came first") }
        }
        defer { received.removeFirst(count) }
        return String(decoding: received[..<count], as: UTF8.self)
    }

    /// All that comes before the server closes.
    package func readToEnd() throws -> String {
        while try more() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// A whole answer: its head, and as much body as `Content-Length` says.
    package func readAnswer() throws -> (head: String, body: String) {
        let head = try read(upTo: "\r\n\r\n")
        let name = "Content-Length: "
        guard let line = head.split(separator: "\r\n").first(where: { $0.hasPrefix(name) }),
            let count = Int(line.dropFirst(name.count))
        else { throw SocketFailure("no length in \(head)") }
        return (head, try read(count: count))
    }

    /// - Returns: false at the end, or where the connection was reset.
    private func more() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 || errno == ECONNRESET else {
            throw SocketFailure("nothing came: errno \(errno)")
        }
        received += buffer[..<max(count, 0)]
        return count > 0
    }
}
