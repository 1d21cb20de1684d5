internal import NIOCore
internal import NIOHTTP1

/// A whole answer.
package struct Answer: Equatable, Sendable {
    package var status: Int
    /// nil where there is no body.
    package var contentType: String?
    /// Beside those that say how long the body is, what it is, and whether the connection stays.
    package var headers: [Header]
    package var body: [UInt8]

    package struct Header: Equatable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        status: Int, contentType: String? = nil, headers: [Header] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }
}

/// The head of an answer, and what of the request decides how it is framed.
struct AnswerHead {
    /// HTTP/1.1, which knows chunks, or 1.0.
    var isChunkable = true
    /// Whether the connection stays for the next request.
    var keepsAlive = true
    /// A request by HEAD is answered without the body.
    var hasBody = true

    /// A whole answer.
    func write(_ answer: Answer, date: String, to buffer: inout ByteBuffer) {
        writeStatus(answer.status, date, to: &buffer)
        if let contentType = answer.contentType { write("Content-Type", contentType, to: &buffer) }
        for header in answer.headers { write(header.name, header.value, to: &buffer) }
        write("Content-Length", "\(answer.body.count)", to: &buffer)
        writeConnection(to: &buffer)
        buffer.writeStaticString("\r\n")
        if hasBody { buffer.writeBytes(answer.body) }
    }

    /// What comes before events.
    ///
    /// Without chunks, the end of the connection is that of the events.
    func writeEventHead(
        _ headers: [Answer.Header], date: String, to buffer: inout ByteBuffer
    ) {
        writeStatus(200, date, to: &buffer)
        write("Content-Type", "text/event-stream; charset=utf-8", to: &buffer)
        write("Cache-Control", "no-cache", to: &buffer)
        for header in headers { write(header.name, header.value, to: &buffer) }
        if isChunkable { write("Transfer-Encoding", "chunked", to: &buffer) }
        writeConnection(to: &buffer)
        buffer.writeStaticString("\r\n")
    }

    private func writeStatus(_ status: Int, _ date: String, to buffer: inout ByteBuffer) {
        buffer.writeString(isChunkable ? "HTTP/1.1 " : "HTTP/1.0 ")
        buffer.writeString("\(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
        write("Date", date, to: &buffer)
    }

    /// What ends a line would begin another header; it becomes a blank.
    private func write(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeString("\(name): ")
        buffer.writeBytes(value.utf8.lazy.map { $0 < 0x20 || $0 == 0x7f ? 0x20 : $0 })
        buffer.writeStaticString("\r\n")
    }

    /// HTTP/1.1 keeps a connection unless told otherwise, HTTP/1.0 drops it.
    private func writeConnection(to buffer: inout ByteBuffer) {
        guard keepsAlive != isChunkable else { return }
        write("Connection", keepsAlive ? "keep-alive" : "close", to: &buffer)
    }
}
