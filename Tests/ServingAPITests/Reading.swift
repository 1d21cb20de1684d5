@testable import ServingAPI

/// What a body asks of an endpoint.
func read(_ body: String, _ endpoint: Endpoint) throws(APIError) -> APIRequest.Reading {
    try APIRequest.read(Array(body.utf8), for: endpoint)
}

/// Why a body is refused; nil where it is not.
func refusal(_ body: String, _ endpoint: Endpoint) -> APIError? {
    do throws(APIError) {
        _ = try read(body, endpoint)
        return nil
    } catch {
        return error
    }
}
