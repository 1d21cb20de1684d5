internal import ArgumentParser
internal import Glibc
internal import Suite
internal import Wire

/// Where a server listens, and to whom.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to listen: an address, or a name that has one. Others than this machine reach "
                + "0.0.0.0; TLS is a proxy's matter.", valueName: "address"))
    var host = "127.0.0.1"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The port; 0 takes one that is free.", valueName: "n"))
    var port = 8000

    @Option(
        help: ArgumentHelp(
            "A name that clients may call this server by, beside --host, localhost and addresses; "
                + "more than once for more.", valueName: "name"))
    var allowedHost: [String] = []

    @Option(
        help: ArgumentHelp(
            "What clients must show as a bearer key; none unless given, or what TOKENMARK_API_KEY is.",
            valueName: "key"))
    var apiKey: String?

    @Option(
        help: ArgumentHelp(
            "What the model is called in requests; its preset or file unless given.",
            valueName: "name"))
    var servedModelName: String?

    @Option(
        help: ArgumentHelp(
            "How long answers may take that are under way when it is stopped.",
            valueName: "seconds"))
    var drainSeconds = Seconds.drain

    @Flag(help: "Write no line for each request.")
    var quiet = false

    private static let ports = 0...65_535

    /// - Throws: `UsageError`.
    func check() throws(UsageError) {
        guard Self.ports ~= port else {
            throw UsageError("--port \(port) is not from 0 to 65535; 0 takes one that is free")
        }
        if let servedModelName, servedModelName.isEmpty {
            throw UsageError("--served-model-name is empty; give at least one character")
        }
        _ = try bearerKey()
    }

    /// nil where everybody may ask.
    ///
    /// - Throws: `UsageError`.
    func bearerKey() throws(UsageError) -> BearerKey? {
        let variable = "TOKENMARK_API_KEY"
        guard let text = apiKey ?? Self.environment(variable) else { return nil }
        guard let key = BearerKey(text) else {
            throw UsageError(
                "\(apiKey == nil ? variable : "--api-key") is empty or has blanks or other characters "
                    + "that no header carries; give letters, digits and signs")
        }
        return key
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// As a client names it.
    func address(port: Int) -> String {
        "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}

extension Seconds {
    /// A service manager kills what has not ended after 90 s.
    static let drain = Seconds(30)
}
