import Qwen
import Testing

@Suite struct SamplerTests {
    private func next(_ sampler: inout Sampler, _ logits: [Float]) throws -> Int {
        var logits = logits
        return try logits.withUnsafeMutableBufferPointer {
            (buffer) throws(QwenError) -> Int in try sampler.next(buffer)
        }
    }

    private func options(_ change: (inout SamplingOptions) -> Void) -> SamplingOptions {
        var options = SamplingOptions()
        change(&options)
        return options
    }

    @Test func greedyTakesTheLowestIdAmongEquals() throws {
        var sampler = try Sampler(SamplingOptions(), vocabularySize: 4)
        #expect(try next(&sampler, [1, 3, 3, 2]) == 1)
        #expect(try next(&sampler, [-9, -9, -1, -9]) == 2)
    }

    @Test func logitsThatAreNoNumbersAreAnError() throws {
        var sampler = try Sampler(SamplingOptions(), vocabularySize: 2)
        for logits: [Float] in [[.nan, .nan], [1, .nan], [.infinity, 1], [1, -.infinity]] {
            #expect(throws: QwenError.logitsNotFinite(position: nil)) {
                try next(&sampler, logits)
            }
        }
    }

    /// Penalty 2: a seen logit of 4 counts 2, one of −1 counts −2.
    @Test func thePenaltyMovesSeenTokensDown() throws {
        var sampler = try Sampler(
            options { $0.repetitionPenalty = 2 }, vocabularySize: 3)
        sampler.observe(0)
        #expect(try next(&sampler, [4, 3, -5]) == 1)
        // Now 0 and 1 are seen: −1 becomes −2 and −3 becomes −6.
        #expect(try next(&sampler, [-1, -3, -1.5]) == 2)
    }

    /// Infinite logits have no shares.
    @Test func aPenaltyThatOverflowsAndSuppressingAllStillGiveAToken() throws {
        var overflowing = try Sampler(
            options {
                $0.temperature = 1
                $0.repetitionPenalty = .leastNonzeroMagnitude
                $0.topP = 0.9
            }, vocabularySize: 3)
        overflowing.observe(1)
        #expect(try next(&overflowing, [0, 3, 1]) == 1)
        var suppressed = try Sampler(
            options {
                $0.temperature = 1
                $0.topK = 2
                $0.suppressedTokens = [0, 1, 2]
            }, vocabularySize: 3)
        #expect(try next(&suppressed, [0, 3, 1]) == 0)
    }

    @Test func topKOfOneIsGreedyAtAnyTemperature() throws {
        var sampler = try Sampler(
            options {
                $0.temperature = 100
                $0.topK = 1
            }, vocabularySize: 5)
        for _ in 0..<50 { #expect(try next(&sampler, [0, 1, 5, 2, 3]) == 2) }
    }

    /// Shares 0.5, 0.25, 0.25: up to 0.5 only the first, up to 0.6 two of them.
    @Test func topPKeepsTheFewestThatReachTheShare() throws {
        // Logits whose exponentials are 2, 1 and 1.
        let logits: [Float] = [0.693_147_2, 0, 0]
        for (share, allowed) in [(Float(0.5), [0]), (0.6, [0, 1]), (1, [0, 1, 2])] {
            var sampler = try Sampler(
                options {
                    $0.temperature = 1
                    $0.topP = share
                    $0.seed = 3
                }, vocabularySize: 3)
            var seen: Set<Int> = []
            for _ in 0..<200 { seen.insert(try next(&sampler, logits)) }
            #expect(seen == Set(allowed))
        }
    }

    @Test func drawsFollowTheShares() throws {
        var sampler = try Sampler(
            options {
                $0.temperature = 1
                $0.seed = 1
            }, vocabularySize: 2)
        var counts = [0, 0]
        // Exponentials 3 and 1: three of four draws, give or take six standard deviations.
        for _ in 0..<4000 { counts[try next(&sampler, [1.098_612_3, 0])] += 1 }
        #expect(2836...3164 ~= counts[0])
    }

    @Test func theSameSeedDrawsTheSame() throws {
        func draws(_ seed: UInt64) throws -> [Int] {
            var sampler = try Sampler(
                options {
                    $0.temperature = 1
                    $0.seed = seed
                }, vocabularySize: 100)
            return try (0..<30).map { _ in
                try next(&sampler, [Float](repeating: 0, count: 100))
            }
        }
        #expect(try draws(7) == draws(7))
        #expect(try draws(7) != draws(8))
    }

    @Test func optionsThatMeanNothingAreRefused() {
        let changes: [(inout SamplingOptions) -> Void] = [
            { $0.temperature = -1 }, { $0.temperature = .nan }, { $0.topK = -1 },
            { $0.topP = 0 }, { $0.topP = 1.1 }, { $0.topP = .nan },
            { $0.repetitionPenalty = 0 }, { $0.repetitionPenalty = .infinity },
        ]
        for change in changes {
            #expect(throws: QwenError.self) {
                try Sampler(options(change), vocabularySize: 2)
            }
        }
    }
}
