import NIOCore
import SocketClient
import Testing

@testable import Wire

/// What stands on the wire, byte for byte.
@Suite struct FramingTests {
    private static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    @Test func anAnswerIsOneMessageWithALength() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/echo", body: "hello")
        let answer = try client.readAnswer()
        #expect(
            answer.head
                == "HTTP/1.1 200 OK\r\n\(Self.date)Content-Type: text/plain\r\nContent-Length: 5\r\n\r\n"
        )
        #expect(answer.body == "hello")
    }

    @Test func eventsAreChunksWithTheHeadBeforeTheFirst() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/stream", body: "{}")
        let expected =
            "HTTP/1.1 200 OK\r\n\(Self.date)Content-Type: text/event-stream; charset=utf-8\r\n"
            + "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "b\r\ndata: one\n\n\r\n" + "19\r\ndata: two\n\ndata: [DONE]\n\n\r\n" + "0\r\n\r\n"
        #expect(try client.read(count: expected.utf8.count) == expected)
    }

    @Test func theConnectionStaysAfterAStream() throws {
        let server = try TestServer()
        let client = try server.client()
        for _ in 0..<3 {
            client.ask("/stream", body: "{}")
            #expect(try client.read(upTo: "\r\n0\r\n\r\n").hasPrefix("HTTP/1.1 200"))
        }
        client.ask("/echo", body: "x")
        #expect(try client.readAnswer().body == "x")
    }

    @Test func nothingIsSentBeforeTheFirstEvent() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held", body: "{}")
        #expect(try server.log.line(0) == "POST /held 2")
        try server.withResponse { $0.openEvents() }
        // It may still be answered otherwise: nothing has gone out.
        try server.withResponse { $0.send(Answer(status: 429)) }
        #expect(
            try client.readAnswer().head
                == "HTTP/1.1 429 Too Many Requests\r\n\(Self.date)Content-Length: 0\r\n\r\n")
    }

    @Test func eventsThatWereNotSentAreForgotten() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held", body: "{}")
        _ = try server.log.line(0)
        try server.withResponse {
            $0.openEvents()
            $0.append(event: Array("of another".utf8))
            $0.send(
                Answer(status: 503, headers: [Answer.Header("X-Name", "a\r\nContent-Length: 9")]))
        }
        let answer = try client.readAnswer()
        #expect(answer.head.contains("\r\nX-Name: a  Content-Length: 9\r\n"))
        client.ask("/stream", body: "{}")
        #expect(try client.read(upTo: "0\r\n\r\n").contains("\r\n\r\nb\r\ndata: one\n\n"))
    }

    @Test func anErrorAfterEventsEndsThem() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held", body: "{}")
        _ = try server.log.line(0)
        let hasBegun = try server.withResponse { response in
            response.openEvents()
            response.append(event: Array("one".utf8))
            let before = response.hasBegun
            response.flush()
            let after = response.hasBegun
            response.send(Answer(status: 500))
            return [before, after]
        }
        #expect(hasBegun == [false, true])
        #expect(try client.read(upTo: "\r\n0\r\n\r\n").hasSuffix("data: one\n\n\r\n0\r\n\r\n"))
        client.ask("/echo", body: "y")
        #expect(try client.readAnswer().body == "y")
    }

    @Test func oldClientsGetEventsUpToTheEndOfTheConnection() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send("POST /stream HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        #expect(
            try client.readToEnd()
                == "HTTP/1.0 200 OK\r\n\(Self.date)Content-Type: text/event-stream; charset=utf-8\r\n"
                + "Cache-Control: no-cache\r\n\r\ndata: one\n\ndata: two\n\ndata: [DONE]\n\n")
    }

    @Test func oldClientsMayKeepTheirConnection() throws {
        let server = try TestServer()
        let client = try server.client()
        for _ in 0..<2 {
            client.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(
                try client.readAnswer().head
                    == "HTTP/1.0 200 OK\r\n\(Self.date)Content-Type: text/plain\r\nContent-Length: 0\r\n"
                    + "Connection: keep-alive\r\n\r\n")
        }
    }

    @Test func aTextOfSeveralLinesIsOneEvent() {
        var frame = EventFrame()
        frame.append(text: Array("one\ntwo\r\n\rfour".utf8))
        let bytes = frame.take(isChunked: false)
        #expect(
            bytes.map { String(buffer: $0) }
                == "data: one\ndata: two\ndata: \ndata: four\n\n")
        #expect(frame.take(isChunked: true) == nil)
    }

    @Test(arguments: [0, 9, 10, 505, 4096, 70_000])
    func chunksSayTheirLength(_ count: Int) throws {
        var frame = EventFrame()
        // Twice: the second uses the memory of the first.
        for _ in 0..<2 {
            frame.append(event: Array(repeating: UInt8(ascii: "x"), count: count))
            let bytes = frame.take(isChunked: true)
            let length = String(count + 8, radix: 16)
            #expect(
                bytes.map { String(buffer: $0) }
                    == "\(length)\r\ndata: \(String(repeating: "x", count: count))\n\n\r\n")
        }
    }

    @Test func aHeadIsAnsweredWithoutTheBody() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send("HEAD /echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.ask("/echo", body: "next")
        #expect(try client.read(upTo: "\r\n\r\n").hasSuffix("Content-Length: 0\r\n\r\n"))
        #expect(try client.readAnswer().body == "next")
    }

    @Test func aSilentStreamTellsThatItLives() throws {
        var limits = ServerLimits()
        limits.silence = .milliseconds(20)
        let server = try TestServer(limits)
        let client = try server.client()
        client.ask("/held", body: "{}")
        _ = try server.log.line(0)
        try server.withResponse { $0.openEvents() }
        #expect(try client.read(upTo: "\r\n\r\n").contains("text/event-stream"))
        #expect(try client.read(upTo: "3\r\n:\n\n\r\n") == "3\r\n:\n\n\r\n")
        try server.withResponse { $0.close() }
        #expect(try client.read(upTo: "0\r\n\r\n").hasSuffix("0\r\n\r\n"))
    }

    @Test func pathsAreDecodedAndQueriesAreNot() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held/a%2Fb%20%zz?x=%20")
        #expect(try server.log.line(0) == "GET /held/a/b %zz 0")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func datesAreWritten(_ time: Int, _ text: String) {
        var date = HTTPDate { time }
        #expect(date.text() == text)
    }
}
