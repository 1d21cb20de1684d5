import Testing

@testable import Wire

@Suite struct EventSplitterTests {
    /// The events of a stream that comes in pieces of so many bytes.
    private func events(
        _ stream: [UInt8], in count: Int = .max, mostBytes: Int = 1000
    ) throws -> [String] {
        var splitter = EventSplitter(mostBytes: mostBytes)
        var events: [String] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            try piece.withUnsafeBytes {
                try splitter.feed($0) { event in
                    let type = String(decoding: event.type, as: UTF8.self)
                    let data = String(decoding: event.data, as: UTF8.self)
                    events.append(type.isEmpty ? data : "\(type): \(data)")
                }
            }
        }
        return events
    }

    private static let streams: [(String, [String])] = [
        ("data: a\n\ndata: b\n\n", ["a", "b"]),
        ("data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
        ("data: a\r\rdata: b\r\r", ["a", "b"]),
        ("data: a\n\r\ndata: b\r\n\n", ["a", "b"]),
        ("data:a\n\ndata:  b\n\n", ["a", " b"]),
        ("data: a\ndata: b\ndata\n\n", ["a\nb\n"]),
        (": comment\n\ndata: a\n: another\n\n:\n\n", ["a"]),
        ("event: error\ndata: a\n\ndata: b\n\n", ["error: a", "b"]),
        ("event: ping\n\ndata: a\n\n", ["a"]),
        ("id: 7\nretry: 100\n\nid: 8\ndata: a\nunknown: x\n\n", ["a"]),
        ("data\n\ndata:\n\n", ["", ""]),
        ("\u{feff}data: a\n\ndata: \u{feff}b\n\n", ["a", "\u{feff}b"]),
        ("data: 你好 😀 é\n\n", ["你好 😀 é"]),
        ("\n\n\ndata: a\n\ndata: never ended", ["a"]),
        ("data: {\"a\":\"b: c\"}\n\ndata: [DONE]\n\n", ["{\"a\":\"b: c\"}", "[DONE]"]),
    ]

    @Test(arguments: Self.streams)
    func theSameHoweverItIsCut(_ stream: String, _ expected: [String]) throws {
        for count in [1, 2, 3, 5, 7, 16, 1000] {
            #expect(try events(Array(stream.utf8), in: count) == expected, "in pieces of \(count)")
        }
    }

    @Test(arguments: ["data: ", "x", "event: ", ":"])
    func anEventWithoutEndIsRefused(_ begin: String) throws {
        let endless = Array(begin.utf8) + Array(repeating: UInt8(ascii: "x"), count: 1000)
        for count in [1, 100, 10_000] {
            #expect(throws: EventStreamError.eventTooLong(mostBytes: 1000)) {
                try events(endless, in: count)
            }
        }
        let manyLines = Array(String(repeating: "data: xxxxxxxx\n", count: 120).utf8)
        #expect(throws: EventStreamError.eventTooLong(mostBytes: 1000)) { try events(manyLines) }
        // What was given, and what was passed over, no longer counts.
        let many = Array(String(repeating: ": c\ndata: xxxxxxxx\n\n", count: 1000).utf8)
        #expect(try events(many, in: 50).count == 1000)
    }
}
