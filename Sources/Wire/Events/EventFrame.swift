internal import NIOCore

/// Server-sent events on their way, as one chunk of a chunked body.
///
/// Its memory is used again once the socket has taken the bytes.
struct EventFrame {
    /// Room before the events for the length of the chunk: eight digits and the end of the line.
    private static let room = 10

    private var buffer = ByteBuffer()

    /// Whether there is nothing to send.
    var isEmpty: Bool { buffer.writerIndex <= Self.room }

    /// Adds an event of one line.
    mutating func append(event payload: [UInt8]) {
        begin()
        buffer.writeStaticString("data: ")
        buffer.writeBytes(payload)
        buffer.writeStaticString("\n\n")
    }

    /// Adds an event of a text with line ends in it, each of which reaches the reader as a line feed.
    mutating func append(text: [UInt8]) {
        begin()
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var rest = text[...]
        while true {
            let end = rest.firstIndex { $0 == lineFeed || $0 == carriageReturn }
            buffer.writeStaticString("data: ")
            buffer.writeBytes(rest[..<(end ?? rest.endIndex)])
            buffer.writeStaticString("\n")
            guard let end else { break }
            rest = rest[(end + 1)...]
            if text[end] == carriageReturn, rest.first == lineFeed { rest = rest.dropFirst() }
        }
        buffer.writeStaticString("\n")
    }

    /// Adds a comment, which readers pass over.
    mutating func appendComment() {
        begin()
        buffer.writeStaticString(":\n\n")
    }

    private mutating func begin() {
        guard isEmpty else { return }
        buffer.clear(minimumCapacity: 512)
        buffer.writeRepeatingByte(UInt8(ascii: "0"), count: Self.room)
    }

    /// Forgets what was added.
    mutating func clear() {
        buffer.moveWriterIndex(to: 0)
    }

    /// The bytes of all that was added; nil where that is nothing.
    mutating func take(isChunked: Bool) -> ByteBuffer? {
        guard !isEmpty else { return nil }
        var frame = Self.room
        if isChunked {
            frame -= writeLength(buffer.writerIndex - Self.room)
            buffer.writeStaticString("\r\n")
        }
        let bytes = buffer.getSlice(at: frame, length: buffer.writerIndex - frame)
        clear()
        return bytes
    }

    /// Writes a length and the end of its line right before the events, and says how many bytes that took.
    private mutating func writeLength(_ length: Int) -> Int {
        buffer.setInteger(UInt16(0x0d0a), at: Self.room - 2)
        var place = Self.room - 2
        var rest = length
        repeat {
            place -= 1
            let digit = UInt8(rest & 15)
            buffer.setInteger(
                digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10, at: place)
            rest >>= 4
        } while rest > 0 && place > 0
        return Self.room - place
    }
}
