internal import NIOCore

/// Stands between a socket and the parser: tells a connection that bytes come, and drops those that
/// nobody will read.
final class SocketTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.takesBytes() else { return }
        context.fireChannelRead(data)
    }
}
