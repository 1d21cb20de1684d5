import SocketClient
import Testing

@testable import Wire

/// What clients do by mistake or on purpose: each gets its answer, and the others theirs.
@Suite struct HostileClientTests {
    struct Malformed: CustomTestStringConvertible {
        let bytes: String
        let status: Int
        var testDescription: String { String(bytes.prefix(60)) }
    }

    @Test(arguments: [
        Malformed(bytes: "nonsense\r\n\r\n", status: 400),
        Malformed(bytes: "GET /echo HTTP/2.0\r\nHost: localhost\r\n\r\n", status: 400),
        Malformed(bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", status: 400),
        Malformed(bytes: "GET /echo HTTP/1.1\r\n\r\n", status: 400),
        Malformed(
            bytes: "GET /echo HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", status: 400),
        Malformed(bytes: "GET /echo HTTP/1.1\r\nHost: a page's\r\n\r\n", status: 421),
        Malformed(bytes: "GET /echo HTTP/1.1\r\nHost: example.com\r\n\r\n", status: 421),
        Malformed(
            bytes: "GET http://example.com/echo HTTP/1.1\r\nHost: localhost\r\n\r\n", status: 421),
        Malformed(
            bytes: "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
            status: 400),
        Malformed(
            bytes: "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
            status: 400),
        Malformed(
            bytes: "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", status: 400),
        Malformed(
            bytes:
                "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            status: 400),
        Malformed(
            bytes: "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4194305\r\n\r\n",
            status: 413),
        Malformed(
            bytes: "POST /echo HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 99999999999999999999999\r\n\r\n", status: 400),
        Malformed(
            bytes: "POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n"
                + "Content-Length: 1\r\n\r\n", status: 417),
        Malformed(
            bytes: "GET /echo HTTP/1.1\r\nHost: localhost\r\nX: "
                + String(repeating: "x", count: 17_000) + "\r\n\r\n", status: 431),
        Malformed(
            bytes: "GET /\(String(repeating: "x", count: 17_000)) HTTP/1.1\r\n", status: 431),
        Malformed(
            bytes: "GET / HTTP/1.1\r\nHost: localhost\r\n"
                + String(repeating: "X: y\r\n", count: 5000), status: 431),
    ])
    func isRefusedAndTheConnectionEnds(_ malformed: Malformed) throws {
        let server = try TestServer()
        let client = try server.client()
        client.send(malformed.bytes)
        let answer = try client.readToEnd()
        #expect(answer.hasPrefix("HTTP/1.1 \(malformed.status) "), "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(server.log.count == 0)
    }

    @Test(arguments: [
        "localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:1", "[::1]:80", "192.168.0.7",
    ])
    func addressesAndLocalhostMayBeAskedFor(_ host: String) throws {
        let server = try TestServer()
        let client = try server.client()
        client.send("GET /echo HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        #expect(try client.readAnswer().head.hasPrefix("HTTP/1.1 200 "))
    }

    @Test(arguments: [
        "localhost.example.com", "1.2.3", "1.2.3.400", "127.0.0.1.example.com", "[::1", "[x]",
        "localhost:x", "",
    ])
    func otherNamesMayNot(_ host: String) {
        #expect(!HostNames(["served"]).admit(host[...]))
        #expect(HostNames(["Served"]).admit("served:80"))
    }

    /// 100 MB, of which the client learns that they are too many while it sends them.
    @Test(arguments: [true, false])
    func aBodyWithoutEndIsRefusedOnTheWay(_ isChunked: Bool) throws {
        let server = try TestServer()
        let client = try server.client()
        let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 100000000"
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\n\(framing)\r\n\r\n")
        let piece = Array(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for _ in 0..<95 {
            if isChunked { client.send("100000\r\n") }
            client.send(piece)
            if isChunked { client.send("\r\n") }
        }
        #expect(try client.readToEnd().hasPrefix("HTTP/1.1 413 "))
        #expect(server.log.count == 0)
    }

    @Test func aBodyOfTheMostBytesIsTaken() throws {
        var limits = ServerLimits()
        limits.bodyBytes = 100_000
        let server = try TestServer(limits)
        let client = try server.client()
        let body = String(repeating: "x", count: 100_000)
        client.ask("/echo", body: body)
        #expect(try client.readAnswer().body == body)
        client.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        client.send("186a0\r\n\(body)\r\n1\r\nx\r\n")
        #expect(try client.readToEnd().hasPrefix("HTTP/1.1 413 "))
    }

    @Test func bodiesOnTheirWayAreBoundedTogether() throws {
        var limits = ServerLimits()
        limits.allBodyBytes = 100_000
        let server = try TestServer(limits)
        // What was held is given back, whether the request was taken or refused.
        for _ in 0..<3 {
            let client = try server.client()
            let body = String(repeating: "x", count: 100_000)
            client.ask("/echo", body: body)
            #expect(try client.readAnswer().body == body)
            client.ask("/echo", body: body + "x")
            #expect(try client.readToEnd().hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func aBodyThatIsAskedForIsSent() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send(
            "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(try client.read(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        client.send("ok")
        #expect(try client.readAnswer().body == "ok")
    }

    @Test func slowHeadsAndBodiesAreGivenUp() throws {
        var limits = ServerLimits()
        limits.headTime = .milliseconds(30)
        limits.bodyTime = .milliseconds(30)
        limits.lingerTime = .milliseconds(30)
        let server = try TestServer(limits)
        let (head, body) = (try server.client(), try server.client())
        head.send("GET /echo HT")
        body.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx")
        #expect(try head.readToEnd().hasPrefix("HTTP/1.1 408 "))
        #expect(try body.readToEnd().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func idleConnectionsAreClosedWithoutAWord() throws {
        var limits = ServerLimits()
        limits.idleTime = .seconds(1)
        let server = try TestServer(limits)
        let client = try server.client()
        client.ask("/echo", body: "x")
        #expect(try client.readAnswer().body == "x")
        #expect(try client.readToEnd() == "")
    }

    @Test func requestsWithoutWaitingAreAnsweredInOrder() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held", body: "0")
        client.ask("/echo", body: "1")
        client.ask("/held", body: "2")
        client.ask("/echo", body: "3")
        #expect(try server.log.line(0) == "POST /held 1")
        try server.withResponse { $0.send(Answer(status: 200, body: Array("zero".utf8))) }
        #expect(try client.readAnswer().body == "zero")
        #expect(try client.readAnswer().body == "1")
        _ = try server.log.line(2)
        try server.withResponse { $0.send(Answer(status: 200, body: Array("two".utf8))) }
        #expect(try client.readAnswer().body == "two")
        #expect(try client.readAnswer().body == "3")
    }

    /// More than a read holds, each answered within the call that brings it.
    @Test func thousandsWithoutWaitingAreAnswered() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held")
        _ = try server.log.line(0)
        let count = 5000
        client.send(
            String(repeating: "GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n", count: count))
        try server.withResponse { $0.send(Answer(status: 204)) }
        for _ in 0...count { _ = try client.readAnswer() }
        #expect(server.log.count == count + 1)
    }

    /// A client of Java's asks for HTTP/2 beside its first request.
    @Test func anotherProtocolIsNotChangedTo() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask(
            "/echo",
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n",
            body: "x")
        let answer = try client.readToEnd()
        #expect(
            answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("\r\nConnection: close\r\n\r\nx"))
    }

    @Test func aTunnelIsNotDug() throws {
        let server = try TestServer()
        let client = try server.client()
        client.send("CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try server.log.line(0) == "CONNECT localhost:80 0")
        try server.withResponse { $0.send(Answer(status: 405)) }
        #expect(try client.readToEnd().hasSuffix("\r\nConnection: close\r\n\r\n"))
    }

    @Test func idleConnectionsMakeRoomForOthers() throws {
        var limits = ServerLimits()
        limits.connections = 3
        let server = try TestServer(limits)
        let held = [try server.client(), try server.client()]
        for (number, client) in held.enumerated() {
            client.ask("/held")
            _ = try server.log.line(number)
        }
        let idle = try server.client()
        idle.ask("/echo", body: "x")
        _ = try idle.readAnswer()
        let fourth = try server.client()
        fourth.ask("/held")
        _ = try server.log.line(3)
        #expect(try idle.readToEnd() == "")
        // All are at work now.
        let fifth = try server.client()
        #expect(try fifth.readToEnd().hasPrefix("HTTP/1.1 503 "))
        try server.withResponse { $0.send(Answer(status: 204)) }
        #expect(try held[0].readAnswer().head.hasPrefix("HTTP/1.1 204 "))
    }

    /// Both ends of each are files of this process.
    @Test func thousandsOfIdleConnectionsHurtNobody() throws {
        let count = min(OpenFiles.raiseLimit() / 3, 3000)
        var limits = ServerLimits()
        limits.connections = count / 2
        let server = try TestServer(limits)
        let busy = try server.client()
        busy.ask("/held")
        _ = try server.log.line(0)
        let idle = try (0..<count).map { _ in try server.client() }
        let client = try server.client()
        client.ask("/echo", body: "x")
        #expect(try client.readAnswer().body == "x")
        // The first ones made room for the last, and whoever is at work is not among them.
        #expect(try idle[0].readToEnd() == "")
        try server.withResponse { $0.send(Answer(status: 204)) }
        #expect(try busy.readAnswer().head.hasPrefix("HTTP/1.1 204 "))
    }
}
