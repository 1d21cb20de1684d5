/// The answer to one request: whole, or as events.
///
/// For the loop alone.
///
/// What is given after its end, or after the client went, is left out.
package final class Response {
    /// Why nobody waits for an answer any more.
    package enum Abandonment: Equatable, Sendable {
        /// The client closed the connection, or its sending side: the two look alike until written to.
        case hungUp
        /// The client reads too slowly, or not at all.
        case tooSlow
        /// The server was closed.
        case stopped
    }

    /// Called once, by the loop and never within another call, if the client goes before the end.
    package var whenAbandoned: ((Abandonment) -> Void)?

    private var connection: Connection?

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Whether it can be given no more: it has ended, or was abandoned.
    package var isOver: Bool { connection == nil }

    /// Whether the client reads more slowly than it is written to: over 64 KiB wait.
    package var isBehind: Bool { connection?.sender.isBehind ?? false }

    /// Whether events have been sent: an error can only be one of them now.
    package var hasBegun: Bool { connection?.sender.hasBegunEvents ?? false }

    /// Gives all of it; where events have been sent, ends them without it.
    package func send(_ answer: Answer) {
        guard !hasBegun else { return close() }
        guard let connection else { return }
        self.connection = nil
        connection.send(answer)
    }

    /// Begins a stream of events.
    ///
    /// Its head is sent with the first of them.
    package func openEvents(_ headers: [Answer.Header] = []) {
        connection?.sender.openEvents(headers)
    }

    /// Adds an event of one line to what `flush` or `close` sends.
    package func append(event payload: [UInt8]) {
        connection?.sender.append(event: payload)
    }

    /// Adds an event of a text with any line ends to what `flush` or `close` sends.
    package func append(text: [UInt8]) {
        connection?.sender.append(text: text)
    }

    /// Sends what was added since, in one piece.
    package func flush() {
        connection?.flush()
    }

    /// Ends the stream, and sends what was added since.
    package func close() {
        guard let connection else { return }
        self.connection = nil
        connection.closeEvents()
    }

    func abandon(_ reason: Abandonment) {
        guard connection != nil else { return }
        connection = nil
        whenAbandoned?(reason)
    }
}
