import SocketClient
import Testing

@testable import Wire

/// Clients that go, and that read slowly or not at all.
@Suite struct ReaderTests {
    private static let event = Array(repeating: UInt8(ascii: "x"), count: 10_000)

    @Test func aClientThatGoesIsTold() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            client.ask("/held", body: "{}")
            _ = try server.log.line(0)
        }
        #expect(try server.log.line(1) == "abandoned: hungUp")
    }

    @Test func aClientThatGoesWithinAStreamIsTold() throws {
        let server = try TestServer()
        do {
            let client = try server.client()
            client.ask("/held", body: "{}")
            _ = try server.log.line(0)
            try server.withResponse {
                $0.openEvents()
                $0.append(event: Self.event)
                $0.flush()
            }
            _ = try client.read(upTo: "data: ")
        }
        #expect(try server.log.line(1) == "abandoned: hungUp")
    }

    @Test func aClientThatEndsItsSideHasGone() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held", body: "{}")
        _ = try server.log.line(0)
        client.endSending()
        #expect(try server.log.line(1) == "abandoned: hungUp")
        #expect(try client.readToEnd() == "")
    }

    /// What is answered at once reaches a client that asked and ended its side in one breath.
    @Test func whatWasAskedBeforeTheEndIsAnswered() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/echo", "Connection: close\r\n", body: "x")
        client.endSending()
        #expect(try client.readToEnd().hasSuffix("\r\n\r\nx"))
    }

    @Test func aSlowReaderIsGivenUpAndOthersGoOn() throws {
        var limits = ServerLimits()
        limits.unsentBytes = 200_000
        let server = try TestServer(limits)
        let slow = try server.client(receiveBuffer: 4096)
        slow.ask("/held", body: "{}")
        _ = try server.log.line(0)
        try server.withResponse { $0.openEvents() }
        var isBehind = false
        for _ in 0..<10_000 where !isBehind {
            isBehind = try server.withResponse {
                $0.append(event: Self.event)
                $0.flush()
                return $0.isBehind
            }
        }
        #expect(isBehind)
        let other = try server.client()
        other.ask("/echo", body: "x")
        #expect(try other.readAnswer().body == "x")
        // As many events as fill what is kept for a reader, and one more.
        for _ in 0...(limits.unsentBytes / Self.event.count) {
            try? server.withResponse {
                $0.append(event: Self.event)
                $0.flush()
            }
        }
        #expect(try server.log.line(2) == "abandoned: tooSlow")
    }

    @Test func aReaderThatStandsStillIsGivenUp() throws {
        var limits = ServerLimits()
        limits.stallTime = .milliseconds(30)
        let server = try TestServer(limits)
        let client = try server.client(receiveBuffer: 4096)
        client.ask("/held", body: "{}")
        _ = try server.log.line(0)
        try server.withResponse {
            $0.openEvents()
            // More than the system keeps for a socket, less than we do.
            for _ in 0..<4000 where !$0.isBehind {
                $0.append(event: Self.event)
                $0.flush()
            }
        }
        #expect(try server.log.line(1) == "abandoned: tooSlow")
    }

    @Test func aReaderThatCatchesUpGetsAll() throws {
        let server = try TestServer()
        let client = try server.client(receiveBuffer: 1 << 16)
        client.ask("/held", body: "{}")
        _ = try server.log.line(0)
        let count = try server.withResponse { response in
            response.openEvents()
            var count = 0
            while !response.isBehind {
                response.append(event: Self.event)
                response.flush()
                count += 1
            }
            response.close()
            return count
        }
        let stream = try client.read(upTo: "\r\n0\r\n\r\n")
        #expect(stream.utf8.count { $0 == UInt8(ascii: "x") } == count * Self.event.count + 1)
        client.ask("/echo", body: "y")
        #expect(try client.readAnswer().body == "y")
    }

    @Test func answersAfterTheEndAreLeftOut() throws {
        let server = try TestServer()
        let client = try server.client()
        client.ask("/held")
        _ = try server.log.line(0)
        try server.withResponse {
            $0.send(Answer(status: 204))
            $0.send(Answer(status: 500))
            $0.openEvents()
            $0.append(event: [])
            $0.flush()
            $0.close()
        }
        #expect(try client.readAnswer().head.hasPrefix("HTTP/1.1 204 "))
        client.ask("/echo", body: "y")
        #expect(try client.readAnswer().body == "y")
    }
}
