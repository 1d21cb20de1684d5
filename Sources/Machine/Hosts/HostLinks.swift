import Glibc

/// A connection from a process of this host to one of each other, over which they see each other live.
///
/// MPI does not tell when a host has gone: who waits for it waits for ever.
package final class HostLinks {
    /// Why hosts cannot be joined, in one line for the user.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// How this process can be reached, as the others are to be told.
    package let invitation: String
    /// One for each other host, in their order; nil for this one.
    package private(set) var connections: [Int32?] = []

    private let listener: Int32
    /// What both sides of a connection say first, so that nobody takes a stranger for a host.
    private let word: UInt64

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - addresses: of this host; those of its networks unless given.
    ///   - word: the same in all processes that belong together, and known to nobody else.
    /// - Throws: `Failure` where the system refuses.
    package init(addresses: [String]? = nil, word: UInt64) throws(Failure) {
        self.word = word
        // One that takes both kinds of addresses, where there are both.
        guard let (listener, port) = Self.listen(AF_INET6) ?? Self.listen(AF_INET) else {
            throw .last("a port to listen at")
        }
        self.listener = listener
        invitation = ([port] + (addresses ?? HostAddress.all)).joined(separator: " ")
    }

    deinit {
        close(listener)
        for connection in connections.compactMap(\.self) { close(connection) }
    }

    /// Connects to each host before this one, and takes the connections of those behind it, all of which
    /// do the same.
    ///
    /// - Parameters:
    ///   - invitations: of all hosts, in their order.
    ///   - own: which of them this one is.
    ///   - seconds: until a host must have answered.
    /// - Throws: `Failure` that names the host.
    package func meet(
        _ invitations: [String], own: Int, names: [String], seconds: Int = 20
    ) throws(Failure) {
        connections = Array(repeating: nil, count: invitations.count)
        for host in 0..<own {
            connections[host] = try connect(
                to: invitations[host], as: own, name: names[host], seconds: seconds)
        }
        for _ in own + 1..<max(own + 1, invitations.count) {
            let missing = (own + 1..<invitations.count).first { connections[$0] == nil }
            let (host, connection) = try accept(
                from: names[missing ?? own], count: invitations.count, seconds: seconds)
            guard host > own, host < invitations.count, connections[host] == nil else {
                close(connection)
                throw Failure(description: "a host has connected twice")
            }
            connections[host] = connection
        }
    }

    /// A socket that listens at a port of the system's choice.
    private static func listen(_ family: Int32) -> (descriptor: Int32, port: String)? {
        var hints = addrinfo()
        hints.ai_family = family
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(nil, "0", &hints, &list) == 0, let found = list?.pointee,
            let address = found.ai_addr
        else { return nil }
        defer { freeaddrinfo(list) }
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | closesOnExec, 0)
        guard descriptor >= 0 else { return nil }
        var no: Int32 = 0
        setsockopt(
            descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no,
            socklen_t(MemoryLayout<Int32>.size))
        var size = found.ai_addrlen
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        guard bind(descriptor, .init(__sockaddr__: address), size) == 0,
            Glibc.listen(descriptor, SOMAXCONN) == 0,
            getsockname(descriptor, .init(__sockaddr__: address), &size) == 0,
            getnameinfo(address, size, nil, 0, &port, socklen_t(port.count), NI_NUMERICSERV) == 0
        else {
            close(descriptor)
            return nil
        }
        return (descriptor, HostAddress.text(port))
    }

    /// What one side says first.
    private struct Greeting: BitwiseCopyable {
        let word: UInt64
        let host: UInt64
    }

    private func connect(
        to invitation: String, as own: Int, name: String, seconds: Int
    ) throws(Failure) -> Int32 {
        let words = invitation.split(separator: " ").map(String.init)
        for address in words.dropFirst() {
            guard let connection = Self.open(address, port: words[0], seconds: 2) else { continue }
            if Self.say(Greeting(word: word, host: UInt64(own)), to: connection),
                let answer = Self.hear(connection, seconds: seconds), answer.word == word
            {
                return connection
            }
            close(connection)
        }
        throw Failure(
            description: "host \(name) cannot be reached at "
                + "\(words.dropFirst().joined(separator: ", ")), port \(words.first ?? "none"); ranks "
                + "need ports between their hosts that no firewall closes")
    }

    private func accept(
        from name: String, count: Int, seconds: Int
    ) throws(Failure) -> (host: Int, connection: Int32) {
        while true {
            guard Self.isReady(listener, Int16(POLLIN), seconds: seconds) else {
                throw Failure(description: "host \(name) has not connected within \(seconds) s")
            }
            let connection = accept4(
                listener, .init(__sockaddr__: nil), nil, Self.closesOnExec)
            guard connection >= 0 else { throw .last("a connection") }
            // A stranger is sent away.
            if let greeting = Self.hear(connection, seconds: 2), greeting.word == word,
                Self.say(Greeting(word: word, host: 0), to: connection)
            {
                return (Int(clamping: greeting.host), connection)
            }
            close(connection)
        }
    }

    private static let closesOnExec = Int32(SOCK_CLOEXEC.rawValue)

    /// A connection that is there within some seconds.
    private static func open(_ address: String, port: String, seconds: Int) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, port, &hints, &list) == 0, let found = list else { return nil }
        defer { freeaddrinfo(list) }
        let descriptor = socket(
            found.pointee.ai_family,
            Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue) | closesOnExec, 0)
        guard descriptor >= 0 else { return nil }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        let begun = Glibc.connect(
            descriptor, .init(__sockaddr__: found.pointee.ai_addr), found.pointee.ai_addrlen)
        if begun == 0 || errno == EINPROGRESS,
            isReady(descriptor, Int16(POLLOUT), seconds: seconds),
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0, error == 0
        {
            return descriptor
        }
        close(descriptor)
        return nil
    }

    private static func isReady(_ descriptor: Int32, _ event: Int16, seconds: Int) -> Bool {
        var waiting = pollfd(fd: descriptor, events: event, revents: 0)
        return poll(&waiting, 1, Int32(seconds) * 1000) > 0
    }

    private static func say(_ greeting: Greeting, to connection: Int32) -> Bool {
        withUnsafeBytes(of: greeting) {
            send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) == $0.count
        }
    }

    private static func hear(_ connection: Int32, seconds: Int) -> Greeting? {
        var greeting = Greeting(word: 0, host: 0)
        let isWhole = withUnsafeMutableBytes(of: &greeting) { bytes in
            var count = 0
            while count < bytes.count {
                guard isReady(connection, Int16(POLLIN), seconds: seconds) else { return false }
                let more = recv(
                    connection, bytes.baseAddress.map { $0 + count }, bytes.count - count, 0)
                guard more > 0 else { return false }
                count += more
            }
            return true
        }
        return isWhole ? greeting : nil
    }
}

extension HostLinks.Failure {
    fileprivate static func last(_ what: String) -> HostLinks.Failure {
        HostLinks.Failure(description: "\(what): \(ErrorNumber.last)")
    }
}
