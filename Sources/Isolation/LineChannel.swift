import Basics
import FoundationEssentials
import Glibc

/// Lines of JSON over a pair of file descriptors.
final class LineChannel {
    enum Failure: Error, Equatable {
        /// The other side is gone.
        case closed
        /// The system refuses to read or to write; the errno.
        case broken(Int32)
        case timedOut
        /// A line that is no message.
        case malformed(String)
    }

    private let input: Int32
    private let output: Int32
    private var pending: [UInt8] = []

    /// The longest line that is taken: the stamps of a million steps.
    private static let mostLineBytes = 1 << 28

    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    func send(_ message: some Encodable) throws(Failure) {
        guard var line = try? JSONEncoder().encode(message) else {
            throw .malformed("a message that cannot be encoded")
        }
        line.append(UInt8(ascii: "\n"))
        var sent = 0
        while sent < line.count {
            let count = line.withUnsafeBytes { bytes in
                write(output, bytes.baseAddress.map { $0 + sent }, bytes.count - sent)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw errno == EPIPE ? .closed : .broken(errno)
            }
            sent += count
        }
    }

    /// Whether there is something to read, or the end of it.
    var hasMore: Bool {
        var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        return !pending.isEmpty || poll(&descriptor, 1, 0) > 0
    }

    /// Waits for the next line.
    ///
    /// - Parameters:
    ///   - deadline: in nanoseconds of `Clock`; nil waits for ever.
    ///   - watch: called every `watchMilliseconds` while waiting; true gives up as at a deadline.
    func receive<Message: Decodable>(
        _ type: Message.Type, deadline: UInt64? = nil, watchMilliseconds: Int32 = -1,
        watch: () -> Bool = { false }
    ) throws(Failure) -> Message {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(pending[..<end])
                pending.removeSubrange(...end)
                guard let message = try? JSONDecoder().decode(type, from: line) else {
                    throw .malformed(String(decoding: line.prefix(200), as: UTF8.self))
                }
                return message
            }
            guard pending.count < Self.mostLineBytes else { throw .malformed("an endless line") }
            try wait(deadline, watchMilliseconds, watch)
            try readMore()
        }
    }

    private func wait(
        _ deadline: UInt64?, _ watchMilliseconds: Int32, _ watch: () -> Bool
    ) throws(Failure) {
        while true {
            var milliseconds = watchMilliseconds
            if let deadline {
                let now = Clock.now()
                guard now < deadline else { throw .timedOut }
                let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
                milliseconds = milliseconds < 0 ? left : min(milliseconds, left)
            }
            var descriptor = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
            let count = poll(&descriptor, 1, milliseconds)
            if count > 0 { return }
            if count < 0, errno != EINTR { throw .broken(errno) }
            if watch() { throw .timedOut }
        }
    }

    private func readMore() throws(Failure) {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(input, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .broken(errno)
            }
            guard count > 0 else { throw .closed }
            pending += chunk[..<count]
            return
        }
    }
}
