import Glibc
import JSON
import Testing

@testable import ServingAPI

/// docs/openapi.json says what is served: no path and no field more or less.
@Suite struct OpenAPITests {
    private let document: JSON

    init() throws {
        var parts = #filePath.split(separator: "/").dropLast(3)
        parts += ["docs", "openapi.json"]
        let path = "/" + parts.joined(separator: "/")
        let file = try #require(fopen(path, "r"), "no \(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
        }
        document = try bytes.withUnsafeBytes { try JSONReader.read($0) }
    }

    private func names(_ json: JSON?) -> Set<String> {
        Set((json?.members ?? []).map(\.name))
    }

    @Test func pathsAreTheEndpoints() throws {
        let paths = try #require(document["paths"])
        #expect(names(paths) == Set(Endpoint.paths.keys).union(["/v1/models/{model}"]))
        for (path, (endpoint, method)) in Endpoint.paths {
            let operation = paths[path]?[method.lowercased()]
            #expect(operation != nil, "\(method) \(path)")
            #expect((operation?["requestBody"] != nil) == endpoint.takesBody, "\(path)")
            #expect((operation?["security"] != nil) == endpoint.needsKey, "\(path)")
        }
    }

    @Test(arguments: [
        ("CompletionRequest", Endpoint.completions, #"{"prompt": "x"}"#),
        ("ChatRequest", .chatCompletions, #"{"messages": [{"role": "user", "content": "x"}]}"#),
        ("TokenizeRequest", .tokenize, #"{"messages": [{"role": "user", "content": "x"}]}"#),
        ("DetokenizeRequest", .detokenize, #"{"tokens": []}"#),
    ])
    func fieldsAreThoseThatAreRead(_ name: String, _ endpoint: Endpoint, _ body: String) throws {
        let schema = try #require(document["components"]?["schemas"]?[name])
        var fields = try Fields(Array(body.utf8).withUnsafeBytes { try JSONReader.read($0) })
        _ = try APIRequest.read(&fields, for: endpoint)
        #expect(names(schema["properties"]) == fields.read)
        let refused = schema["x-refused"]?.array?.compactMap(\.string) ?? []
        // A field may be refused for some of its values alone.
        #expect(Set(refused) == fields.refused.subtracting(fields.read))
    }

    @Test func smallObjectsHaveTheFieldsThatAreRead() throws {
        let schemas = try #require(document["components"]?["schemas"])
        #expect(
            names(schemas["StreamOptions"]?["properties"])
                == ["include_usage", "continuous_usage_stats"])
        #expect(
            names(schemas["QuestionRequest"]?["properties"]) == ["question", "history", "stream"])
        #expect(
            names(schemas["Message"]?["properties"]) == [
                "role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content",
            ])
    }
}
