internal import NIOHTTP1

/// A request as it came, all of it.
package struct Request {
    /// In capitals, as on the wire: `GET`.
    package let method: String
    /// Without the query; `%41` is `A`.
    package let path: String
    /// What stands behind the first `?`, as on the wire; nil where there is none.
    package let query: String?
    package internal(set) var body: [UInt8] = []

    private let headers: HTTPHeaders

    /// - Throws: `Refusal`, for a request that names no host, or another's.
    init(_ head: HTTPRequestHead, hosts: HostNames) throws(Refusal) {
        method = head.method.rawValue
        headers = head.headers
        let (named, target) = Self.parts(of: head.uri)
        for host in [named, try Self.host(head)].compactMap(\.self) {
            guard hosts.admit(host) else { throw .foreignHost(host) }
        }
        let mark = target.firstIndex(of: "?")
        path = Self.decoded(target[..<(mark ?? target.endIndex)])
        query = mark.map { String(target[target.index(after: $0)...]) }
    }

    /// The value of a header, whatever the case of its name; nil where it is missing or stands more
    /// than once.
    package func header(_ name: String) -> String? {
        let values = headers[name]
        return values.count == 1 ? values[0] : nil
    }

    /// What `Host` says; HTTP/1.0 may leave it out.
    private static func host(_ head: HTTPRequestHead) throws(Refusal) -> Substring? {
        let values = head.headers["host"]
        guard values.count == 1 else {
            guard values.isEmpty, head.version == .http1_0 else { throw .noHost }
            return nil
        }
        return values[0][...]
    }

    /// A target's host, where it names one, and its path: proxies ask for `http://host/path`.
    private static func parts(of target: String) -> (host: Substring?, path: Substring) {
        guard target.prefix(7).lowercased() == "http://" else { return (nil, target[...]) }
        let rest = target.dropFirst(7)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        return (rest[..<end], end == rest.endIndex ? "/" : rest[end...])
    }

    /// Percent signs that no two hexadecimal digits follow stand for themselves, and so does all of it
    /// where the bytes would be no text.
    private static func decoded(_ path: Substring) -> String {
        guard path.utf8.contains(UInt8(ascii: "%")) else { return String(path) }
        var bytes: [UInt8] = []
        var rest = path.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? String(path)
    }
}
