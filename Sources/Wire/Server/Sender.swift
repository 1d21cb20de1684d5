internal import NIOCore

/// Writes the answers of one connection, and knows how far its reader is behind.
final class Sender {
    var context: ChannelHandlerContext?
    /// What the answer under way is framed by.
    var head = AnswerHead()
    /// Whether more waits for the reader than the channel likes.
    var isBehind = false {
        didSet { lastProgress = .now() }
    }

    private let mostUnsentBytes: Int
    private let stallTime: TimeAmount
    private let date: () -> String
    private var writtenBytes = 0
    /// What of that the reader had taken, when that was last looked at and had become more.
    private var takenBytes = 0
    private var lastProgress = NIODeadline.distantPast

    private var frame = EventFrame()
    private var stream = Stream.none
    private var lastSent = NIODeadline.distantPast

    private enum Stream {
        case none
        /// Its head goes with its first event.
        case announced([Answer.Header])
        case begun
    }

    /// - Parameter date: the time, as heads have it.
    init(mostUnsentBytes: Int, stallTime: TimeAmount, date: @escaping () -> String) {
        self.mostUnsentBytes = mostUnsentBytes
        self.stallTime = stallTime
        self.date = date
    }

    /// A whole answer.
    func send(_ answer: Answer) {
        stream = .none
        frame.clear()
        write { head.write(answer, date: date(), to: &$0) }
        context?.flush()
    }

    /// Tells a client that its body is wanted.
    func sendContinuation() {
        write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }
        context?.flush()
    }

    private func write(_ body: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: 256)
        body(&buffer)
        write(buffer)
    }

    private func write(_ buffer: ByteBuffer) {
        context?.write(NIOAny(buffer), promise: nil)
        writtenBytes += buffer.readableBytes
    }

    /// What waits for the reader here, beside what the system keeps for it.
    private var unsentBytes: Int {
        (try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Whether a reader that is behind has taken nothing for too long.
    func hasStalled(_ now: NIODeadline) -> Bool {
        guard isBehind else { return false }
        let taken = writtenBytes - unsentBytes
        if taken > takenBytes {
            takenBytes = taken
            lastProgress = now
        }
        return now - lastProgress >= stallTime
    }
}

// MARK: - Events

extension Sender {
    /// Whether a stream has begun: its status is on the wire.
    var hasBegunEvents: Bool {
        if case .begun = stream { true } else { false }
    }

    func openEvents(_ headers: [Answer.Header]) {
        guard case .none = stream else { return }
        stream = .announced(headers)
        lastSent = .now()
    }

    func append(event payload: [UInt8]) {
        if case .none = stream { return }
        frame.append(event: payload)
    }

    func append(text: [UInt8]) {
        if case .none = stream { return }
        frame.append(text: text)
    }

    /// Sends what was added.
    ///
    /// - Returns: Whether the reader may have more: false where too much waits for it.
    func flush() -> Bool {
        guard let events = frame.take(isChunked: head.isChunkable) else { return true }
        writeEventHead()
        write(events)
        context?.flush()
        lastSent = .now()
        return !isBehind || unsentBytes <= mostUnsentBytes
    }

    /// Ends the stream behind what was added.
    func closeEvents() {
        writeEventHead()
        if let events = frame.take(isChunked: head.isChunkable) { write(events) }
        if head.isChunkable { write { $0.writeStaticString("0\r\n\r\n") } }
        context?.flush()
        stream = .none
    }

    /// Sends a comment where a stream has sent nothing for so long.
    func breakSilence(_ now: NIODeadline, after silence: TimeAmount) {
        if case .none = stream { return }
        guard now - lastSent >= silence, !isBehind else { return }
        frame.appendComment()
        _ = flush()
    }

    private func writeEventHead() {
        guard case .announced(let headers) = stream else { return }
        stream = .begun
        if !head.isChunkable { head.keepsAlive = false }
        write { head.writeEventHead(headers, date: date(), to: &$0) }
    }
}
