internal import JSON
internal import ServingAPI
internal import Wire

extension Answer {
    private static let json = "application/json"

    /// A body of JSON.
    init(body: [UInt8]) {
        self.init(status: 200, contentType: Self.json, body: body)
    }

    init(json: JSON) {
        self.init(body: JSONWriter.bytes(json, isIndented: false))
    }

    init(_ error: APIError) {
        var headers: [Header] = []
        if let allow = error.allow { headers.append(Header("Allow", allow)) }
        if let seconds = error.retryAfter { headers.append(Header("Retry-After", "\(seconds)")) }
        if error.status == 401 { headers.append(Header("WWW-Authenticate", "Bearer")) }
        self.init(
            status: error.status, contentType: Self.json, headers: headers, body: error.body)
    }
}
