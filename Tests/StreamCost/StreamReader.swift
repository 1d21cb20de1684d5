import Basics
import Glibc
import SocketClient
import Wire

/// Reads streams up to their ends, and says how late their tokens were.
struct StreamReader {
    let port: UInt16
    let streams: Int

    private static let request = Array(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n".utf8)
    private static let mark = Array("\"content\":\"".utf8)

    func run() throws {
        OpenFiles.raiseLimit()
        var files = try (0..<streams).map { _ in
            pollfd(fd: try Loopback.connect(port: Int(port)), events: Int16(POLLIN), revents: 0)
        }
        for file in files { _ = write(file.fd, Self.request, Self.request.count) }
        let before = processTime()
        var (tokens, begin, end) = (0, UInt64(0), UInt64(0))
        var delays: [UInt32] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !files.isEmpty, poll(&files, nfds_t(files.count), -1) > 0 {
            for place in files.indices where files[place].revents != 0 {
                let count = read(files[place].fd, &buffer, buffer.count)
                guard count > 0 else {
                    close(files[place].fd)
                    files[place].fd = -1
                    continue
                }
                let now = Clock.now()
                if begin == 0 { begin = now }
                end = now
                tokens += buffer.withUnsafeBytes { Self.events(in: $0.prefix(count)) }
                if let stamp = buffer.withUnsafeBytes({ Self.stamp(in: $0.prefix(count)) }) {
                    delays.append(UInt32(clamping: now - stamp))
                }
            }
            files.removeAll { $0.fd < 0 }
        }
        delays.sort()
        let time = processTime() - before
        let middle = Double(delays[delays.count / 2]) / 1e6
        let late = Double(delays[delays.count * 99 / 100]) / 1e6
        print(
            """
            reader: \(tokens) tokens, \(Int(Double(tokens) / Double(end - begin) * 1e9)) tokens/s, \
            \(text(time / Double(tokens) * 1e6)) µs CPU a token, from step to reader \
            p50 \(text(middle)) p99 \(text(late)) ms
            """)
    }

    /// Ends of events: chunks end with CR and LF, events with two LF.
    private static func events(in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        var count = 0
        var last: UInt8 = 0
        for byte in bytes {
            if byte == UInt8(ascii: "\n"), last == byte { count += 1 }
            last = byte
        }
        return count
    }

    /// The time that the first event's text is.
    private static func stamp(in bytes: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        guard let place = bytes.firstRange(of: mark) else { return nil }
        let digits = bytes[place.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }
}
