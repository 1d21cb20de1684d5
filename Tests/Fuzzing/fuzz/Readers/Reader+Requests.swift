import ServingAPI

extension Reader {
    /// The body of a request, as each endpoint reads it, and what is told of it where it is wrong.
    func readRequest(_ input: Input) {
        let body = Array(input.bytes)
        for endpoint: Endpoint in [
            .completions, .chatCompletions, .questions, .tokenize, .detokenize,
        ] {
            do throws(APIError) {
                _ = try APIRequest.read(body, for: endpoint)
            } catch {
                _ = error.body
            }
        }
    }
}
