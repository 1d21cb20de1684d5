internal import JSON

/// What a body asks, read and checked.
package enum APIRequest: Equatable, Sendable {
    case completion(CompletionRequest)
    case chat(ChatRequest)
    case question(QuestionRequest)
    case tokenize(TokenizeRequest)
    case detokenize(DetokenizeRequest)

    /// A request, and the fields of its body that nothing here knows, which it is answered without.
    package struct Reading: Equatable, Sendable {
        package let request: APIRequest
        package let ignoredFields: [String]
    }

    /// - Throws: `APIError`, which names the field.
    package static func read(
        _ body: [UInt8], for endpoint: Endpoint
    ) throws(APIError) -> Reading {
        let json: JSON
        let reading = body.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try JSONReader.read(bytes) }
        }
        do throws(JSONError) {
            json = try reading.get()
        } catch {
            throw .invalid(
                nil, "the body is not JSON: in line \(error.line), \(error.problem)",
                code: "invalid_json")
        }
        var fields = try Fields(json)
        let request = try read(&fields, for: endpoint)
        return Reading(request: request, ignoredFields: fields.unknown)
    }

    static func read(_ fields: inout Fields, for endpoint: Endpoint) throws(APIError) -> APIRequest
    {
        switch endpoint {
        case .completions: return .completion(try CompletionRequest(&fields))
        case .chatCompletions: return .chat(try ChatRequest(&fields))
        case .tokenize: return .tokenize(try TokenizeRequest(&fields))
        case .detokenize: return .detokenize(try DetokenizeRequest(&fields))
        case .questions:
            guard fields.json("question") != nil else { return .chat(try ChatRequest(&fields)) }
            guard fields.json("messages") == nil else {
                throw .invalid("question", "give a 'question' or 'messages', not both")
            }
            return .question(try QuestionRequest(&fields))
        case .models, .model, .health, .metrics, .version:
            throw .invalid(nil, "no body belongs to this path")
        }
    }
}
