/// What a server takes of a client, and of all of them.
package struct ServerLimits: Sendable {
    /// Of the request line and the headers.
    package var headBytes = 16 << 10
    /// Of a body.
    package var bodyBytes = 4 << 20
    /// Of all bodies that have not come wholly.
    package var allBodyBytes = 256 << 20
    /// Of an answer that its reader has not taken, beside what the system keeps for a socket.
    package var unsentBytes = 1 << 20
    package var connections = 10_000

    /// From the first byte of a request to the end of its headers.
    package var headTime = Duration.seconds(10)
    /// From there to the end of its body.
    package var bodyTime = Duration.seconds(30)
    /// Without a request.
    package var idleTime = Duration.seconds(75)
    /// Without a byte taken, for a reader that is more than 64 KiB behind.
    package var stallTime = Duration.seconds(30)
    /// For what a client still sends after the last answer, which it reads only then.
    package var lingerTime = Duration.seconds(2)
    /// Without an event in a stream, before a comment tells that it lives: proxies give up after 60 s.
    package var silence = Duration.seconds(15)

    package init() {}

    /// How often the times are looked at: often enough for the shortest.
    var tick: Duration {
        let shortest = [headTime, bodyTime, idleTime, stallTime, lingerTime, silence].min()
        return min(max((shortest ?? .seconds(1)) / 4, .milliseconds(5)), .seconds(1))
    }
}
