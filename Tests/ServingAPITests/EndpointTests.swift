import Testing

@testable import ServingAPI

@Suite struct EndpointTests {
    @Test func pathsAndMethodsAreFound() throws {
        #expect(try Endpoint(method: "POST", path: "/v1/completions") == .completions)
        #expect(try Endpoint(method: "POST", path: "/chat/completions") == .questions)
        #expect(try Endpoint(method: "GET", path: "/v1/models") == .models)
        #expect(try Endpoint(method: "GET", path: "/v1/models/org/name") == .model("org/name"))
        #expect(try Endpoint(method: "HEAD", path: "/health") == .health)
        #expect(try Endpoint(method: "POST", path: "/tokenize") == .tokenize)
        #expect(try Endpoint(method: "POST", path: "/v1/tokenize") == .tokenize)
    }

    @Test(arguments: [
        "/", "", "/v1", "/v1/models/", "/v1/completions/", "/V1/completions", "/v1/embeddings",
    ])
    func otherPathsAreNotThere(_ path: String) {
        #expect(throws: APIError.unknownPath(path)) { try Endpoint(method: "GET", path: path) }
    }

    @Test(arguments: [
        ("GET", "/v1/completions", "POST"), ("OPTIONS", "/v1/chat/completions", "POST"),
        ("HEAD", "/v1/completions", "POST"), ("POST", "/health", "GET, HEAD"),
        ("DELETE", "/v1/models/x", "GET, HEAD"),
    ])
    func otherMethodsAreToldWhichThereAre(_ method: String, _ path: String, _ allow: String) {
        do throws(APIError) {
            _ = try Endpoint(method: method, path: path)
            Issue.record("\(method) \(path) is taken")
        } catch {
            #expect(error.status == 405 && error.allow == allow)
        }
    }

    @Test func probesAndScrapersNeedNoKey() {
        let open = Endpoint.paths.values.map(\.0).filter { !$0.needsKey }
        #expect(Set(open) == [.health, .metrics, .version])
    }
}
