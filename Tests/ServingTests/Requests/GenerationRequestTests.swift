import EngineDouble
import Qwen
import Testing

@testable import Serving

/// What cannot be is refused by the name of its field.
@Suite struct GenerationRequestTests {
    /// Four slots of 64 positions, 20 blocks of four: 80 positions in all.
    private let limits = ServingLimits(ScriptedCore(slots: 4, blocks: 20, capacity: 64))

    private func field(_ change: (inout GenerationRequest) -> Void) -> String? {
        var request = GenerationRequest(prompt: [1, 2, 3, 4], limit: 6)
        change(&request)
        do {
            try request.validate(for: limits)
            return nil
        } catch {
            guard case .invalid(let field, _) = error else { return "\(error)" }
            return field
        }
    }

    @Test func whatCanBeIsTaken() {
        let changes: [(inout GenerationRequest) -> Void] = [
            { _ in }, { $0.limit = 0 }, { $0.limit = 60 }, { $0.prompt = [0, 99] },
            { $0.answers = 4 }, { $0.leastTokens = 6 }, { $0.logProbabilities = 20 },
            { $0.stops = ["a", String(repeating: "b", count: 1024)] }, { $0.stopTokens = [99] },
            { $0.sampling.minP = 0.5 },
        ]
        for change in changes { #expect(field(change) == nil) }
    }

    @Test func whatCannotBeIsRefusedByItsField() {
        let changes: [(String, (inout GenerationRequest) -> Void)] = [
            ("prompt", { $0.prompt = [] }), ("prompt", { $0.prompt = [1, 100] }),
            ("prompt", { $0.prompt = [1, -1] }),
            ("prompt", { $0.prompt = Array(repeating: 1, count: 65) }),
            ("max_tokens", { $0.limit = -1 }), ("max_tokens", { $0.limit = 61 }),
            ("max_tokens", { $0.limit = .max }), ("n", { $0.answers = 0 }),
            ("n", { $0.answers = 5 }), ("min_tokens", { $0.leastTokens = 7 }),
            ("min_tokens", { $0.leastTokens = -1 }), ("logprobs", { $0.logProbabilities = 21 }),
            ("logprobs", { $0.logProbabilities = -1 }), ("stop", { $0.stops = ["a", ""] }),
            ("stop", { $0.stops = [String(repeating: "b", count: 1025)] }),
            ("stop", { $0.stops = Array(repeating: "a", count: 65) }),
            ("stop_token_ids", { $0.stopTokens = [100] }), ("top_p", { $0.sampling.topP = 0 }),
            ("logit_bias", { $0.sampling.biases = [.init(token: 100, value: 1)] }),
            ("temperature", { $0.sampling.temperature = .nan }),
        ]
        for (name, change) in changes { #expect(field(change) == name) }
    }

    /// 4 + 40 positions are 11 blocks, of which the prompt shares 1: 11 + 10 are more than 20.
    @Test func answersThatTheCacheCannotHoldTogetherAreRefused() {
        #expect(field { $0.limit = 40 } == nil)
        #expect(
            field {
                $0.limit = 40
                $0.answers = 2
            } == "n")
        #expect(limits.blocks(prompt: 4, positions: 44, answers: 2) == 21)
        #expect(limits.blocks(prompt: 5, positions: 44, answers: 2) == 21)
        #expect(limits.blocks(prompt: 8, positions: 44, answers: 2) == 20)
        #expect(limits.blocks(prompt: 8, positions: 8, answers: 3) == 2)
    }

    @Test func refusalsSayTheWordsThatGatewaysLookFor() {
        var request = GenerationRequest(prompt: [1, 2, 3, 4], limit: 70)
        request.answers = 1
        let error = #expect(throws: ServingError.self) { try request.validate(for: limits) }
        #expect(error?.description.contains("maximum context length is 64 tokens") == true)
    }
}
