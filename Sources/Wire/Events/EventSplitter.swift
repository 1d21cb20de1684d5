/// Splits a stream of server-sent events into them, however its bytes are cut.
///
/// Source: the HTML standard, 9.2.6. Lines end with CR, LF or both; comments and fields that clients of
/// models have no use for (`id`, `retry`) are passed over; what has no data is no event.
package struct EventSplitter {
    /// What an event says.
    package struct Event {
        /// Of `event:`; empty where there is none.
        package let type: UnsafeRawBufferPointer
        /// The lines of `data:`, with line feeds between.
        package let data: UnsafeRawBufferPointer
    }

    private let mostBytes: Int
    /// Of a line whose end has not come.
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var type: [UInt8] = []
    private var hasData = false
    /// Whether a line feed at the beginning belongs to the line before.
    private var followsReturn = false
    private var isAtStart = true

    private static let mark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// - Parameter mostBytes: of one event, its lines' names with it.
    package init(mostBytes: Int = 16 << 20) {
        self.mostBytes = mostBytes
    }

    /// Takes the next bytes, and gives each event that ends in them, for the length of the call.
    ///
    /// - Throws: `EventStreamError.eventTooLong`; what `give` throws.
    package mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ give: (Event) throws -> Void
    ) throws {
        var rest = bytes[...]
        if followsReturn, let first = rest.first {
            followsReturn = false
            if first == UInt8(ascii: "\n") { rest = rest.dropFirst() }
        }
        while let end = rest.firstIndex(where: {
            $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r")
        }) {
            let isReturn = rest[end] == UInt8(ascii: "\r")
            try endLine(rest[..<end], give)
            rest = rest[(end + 1)...]
            guard isReturn else { continue }
            guard let first = rest.first else {
                followsReturn = true
                return
            }
            if first == UInt8(ascii: "\n") { rest = rest.dropFirst() }
        }
        try check(adding: rest.count)
        line += rest
    }

    private func check(adding count: Int) throws {
        guard line.count + data.count + type.count + count <= mostBytes else {
            throw EventStreamError.eventTooLong(mostBytes: mostBytes)
        }
    }

    private mutating func endLine(
        _ end: Slice<UnsafeRawBufferPointer>, _ give: (Event) throws -> Void
    ) throws {
        try check(adding: end.count)
        if line.isEmpty {
            try takeLine(UnsafeRawBufferPointer(rebasing: end), give)
        } else {
            var whole: [UInt8] = []
            swap(&whole, &line)
            whole += end
            try whole.withUnsafeBytes { try takeLine($0, give) }
            whole.removeAll(keepingCapacity: true)
            swap(&whole, &line)
        }
    }

    private mutating func takeLine(
        _ line: UnsafeRawBufferPointer, _ give: (Event) throws -> Void
    ) throws {
        var line = line[...]
        if isAtStart {
            isAtStart = false
            if line.starts(with: Self.mark) { line = line.dropFirst(Self.mark.count) }
        }
        guard !line.isEmpty else { return try endEvent(give) }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        let name = line[..<colon]
        var value = line[min(colon + 1, line.endIndex)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if name.elementsEqual("data".utf8) {
            if hasData { data.append(UInt8(ascii: "\n")) }
            hasData = true
            data += value
        } else if name.elementsEqual("event".utf8) {
            type.removeAll(keepingCapacity: true)
            type += value
        }
    }

    private mutating func endEvent(_ give: (Event) throws -> Void) throws {
        defer {
            data.removeAll(keepingCapacity: true)
            type.removeAll(keepingCapacity: true)
            hasData = false
        }
        guard hasData else { return }
        try data.withUnsafeBytes { data in
            try type.withUnsafeBytes { try give(Event(type: $0, data: data)) }
        }
    }
}

/// Why a stream of events cannot be read on.
package enum EventStreamError: Error, Equatable, CustomStringConvertible {
    case eventTooLong(mostBytes: Int)

    package var description: String {
        switch self {
        case .eventTooLong(let mostBytes):
            "an event of the stream is longer than \(mostBytes) bytes; the server is not one of events"
        }
    }
}
