import Qwen
import Testing

@Suite struct SamplerTests {
    private func options(_ change: (inout SamplingOptions) -> Void) -> SamplingOptions {
        var options = SamplingOptions()
        change(&options)
        return options
    }

    @Test func greedyTakesTheLowestIdAmongEquals() throws {
        var sampler = try Sampler(SamplingOptions(), vocabularySize: 4)
        #expect(try sampler.next([1, 3, 3, 2]) == 1)
        #expect(try sampler.next([-9, -9, -1, -9]) == 2)
    }

    @Test func logitsThatAreNoNumbersAreAnError() throws {
        var sampler = try Sampler(SamplingOptions(), vocabularySize: 2)
        for logits: [Float] in [[.nan, .nan], [1, .nan], [.infinity, 1], [1, -.infinity]] {
            #expect(throws: QwenError.logitsNotFinite(position: nil)) {
                try sampler.next(logits)
            }
        }
    }

    /// Penalty 2: a seen logit of 4 counts 2, one of −1 counts −2.
    @Test func thePenaltyMovesSeenTokensDown() throws {
        var sampler = try Sampler(
            options { $0.repetitionPenalty = 2 }, vocabularySize: 3)
        sampler.observe(0)
        #expect(try sampler.next([4, 3, -5]) == 1)
        // Now 0 and 1 are seen: −1 becomes −2 and −3 becomes −6.
        #expect(try sampler.next([-1, -3, -1.5]) == 2)
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
        #expect(try overflowing.next([0, 3, 1]) == 1)
        var suppressed = try Sampler(
            options {
                $0.temperature = 1
                $0.topK = 2
                $0.suppressedTokens = [0, 1, 2]
            }, vocabularySize: 3)
        #expect(try suppressed.next([0, 3, 1]) == 0)
    }

    @Test func topKOfOneIsGreedyAtAnyTemperature() throws {
        var sampler = try Sampler(
            options {
                $0.temperature = 100
                $0.topK = 1
            }, vocabularySize: 5)
        for _ in 0..<50 { #expect(try sampler.next([0, 1, 5, 2, 3]) == 2) }
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
            for _ in 0..<200 { seen.insert(try sampler.next(logits)) }
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
        for _ in 0..<4000 { counts[try sampler.next([1.098_612_3, 0])] += 1 }
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
                try sampler.next([Float](repeating: 0, count: 100))
            }
        }
        #expect(try draws(7) == draws(7))
        #expect(try draws(7) != draws(8))
    }

    @Test func optionsThatMeanNothingAreRefused() {
        let changes: [(inout SamplingOptions) -> Void] = [
            { $0.temperature = -1 }, { $0.temperature = .nan }, { $0.topK = -1 },
            { $0.minP = -0.1 }, { $0.minP = 1.1 }, { $0.minP = .nan },
            { $0.frequencyPenalty = 2.1 },
            { $0.presencePenalty = .nan }, { $0.biases = [.init(token: 1, value: 101)] },
            { $0.biases = [.init(token: 2, value: 1)] },
            { $0.biases = [.init(token: -1, value: 1)] },
            { $0.topP = 0 }, { $0.topP = 1.1 }, { $0.topP = .nan },
            { $0.repetitionPenalty = 0 }, { $0.repetitionPenalty = .infinity },
        ]
        for change in changes {
            #expect(throws: QwenError.self) {
                try Sampler(options(change), vocabularySize: 2)
            }
        }
    }

    @Test func aRefusalNamesTheOptionAsTheCommandLineDoes() {
        let options = options { $0.minP = 2 }
        #expect(
            throws: QwenError.invalidSampling(option: "min_p", problem: "2.0 is not from 0 to 1")
        ) {
            try options.validate()
        }
        #expect(
            QwenError.invalidSampling(option: "min_p", problem: "2.0 is not from 0 to 1")
                .description
                == "--min-p 2.0 is not from 0 to 1")
    }

    /// 1 + 2.5 is more than 3; two biases of one token add up; −100 takes the first one out.
    @Test func biasesMoveTokens() throws {
        var sampler = try Sampler(
            options { $0.biases = [.init(token: 2, value: 2.5)] }, vocabularySize: 3)
        #expect(try sampler.next([2, 3, 1]) == 2)
        #expect(try sampler.next([2, 4, 1]) == 1)
        var twice = try Sampler(
            options {
                $0.biases = [
                    .init(token: 0, value: 1), .init(token: 0, value: 1.5),
                    .init(token: 1, value: -100),
                ]
            }, vocabularySize: 3)
        #expect(try twice.next([1, 50, 3]) == 0)
    }

    /// The bias comes before the repetition penalty, which multiplies what is below 0: −1 − 1 is −2,
    /// doubled −4, and not −1 doubled and 1 less, −3.
    @Test func thePenaltyIsOfTheBiasedLogit() throws {
        var sampler = try Sampler(
            options {
                $0.biases = [.init(token: 0, value: -1)]
                $0.repetitionPenalty = 2
            }, vocabularySize: 2)
        sampler.observe(0)
        #expect(try sampler.next([-1, -3.5]) == 1)
    }

    /// Penalty 1 a time: 5, 4, 3, 2 for the token that is chosen, until 2.5 is more.
    @Test func theFrequencyPenaltyCountsChoicesAndNotThePrompt() throws {
        var sampler = try Sampler(options { $0.frequencyPenalty = 1 }, vocabularySize: 2)
        for _ in 0..<9 { sampler.observe(0) }
        #expect(try (0..<5).map { _ in try sampler.next([5, 2.5]) } == [0, 0, 0, 1, 0])
    }

    /// 5 becomes 3.5 once and for all: 4 is more, until that is 2.5.
    @Test func thePresencePenaltyCountsOnce() throws {
        var sampler = try Sampler(options { $0.presencePenalty = 1.5 }, vocabularySize: 2)
        #expect(try (0..<5).map { _ in try sampler.next([5, 4]) } == [0, 1, 0, 0, 0])
    }

    /// Repetition first: 6 / 2 − 1 − 1 is 1, and not (6 − 2) / 2, which is 2.
    @Test func theOtherPenaltiesComeAfterThatForRepetition() throws {
        var sampler = try Sampler(
            options {
                $0.repetitionPenalty = 2
                $0.frequencyPenalty = 1
                $0.presencePenalty = 1
            }, vocabularySize: 2)
        #expect(try sampler.next([9, 1.5]) == 0)
        #expect(try sampler.next([6, 1.5]) == 1)
    }

    /// Shares 8 : 4 : 2 : 1 of the largest 1, 0.5, 0.25, 0.125.
    @Test(arguments: [(Float(0), 4), (0.125, 4), (0.2, 3), (0.5, 2), (0.51, 1), (1, 1)])
    func minPKeepsWhatIsAsProbableAsAShareOfTheMostProbable(_ share: Float, count: Int) throws {
        let ln2: Float = 0.693_147_18
        for topK in [0, 4] {
            var sampler = try Sampler(
                options {
                    $0.temperature = 1
                    $0.minP = share
                    $0.topK = topK
                    $0.seed = 5
                }, vocabularySize: 4)
            var seen: Set<Int> = []
            for _ in 0..<400 { seen.insert(try sampler.next([3 * ln2, 2 * ln2, ln2, 0])) }
            #expect(seen == Set(0..<count), "top-k \(topK)")
        }
    }

    /// At temperature 2 the shares are 1 : 0.5, at 1 they were 1 : 0.25.
    @Test func minPIsOfWhatTheTemperatureMakes() throws {
        let ln4: Float = 1.386_294_4
        for (temperature, allowed) in [(Float(1), Set([0])), (2, [0, 1])] {
            var sampler = try Sampler(
                options {
                    $0.temperature = temperature
                    $0.minP = 0.4
                }, vocabularySize: 2)
            var seen: Set<Int> = []
            for _ in 0..<200 { seen.insert(try sampler.next([ln4, 0])) }
            #expect(seen == allowed)
        }
    }

    @Test func whatIsExcludedIsNotChosenThisTime() throws {
        var sampler = try Sampler(SamplingOptions(), vocabularySize: 3)
        #expect(try sampler.next([1, 3, 2], excluding: [1]) == 2)
        #expect(try sampler.next([1, 3, 2]) == 1)
    }

    @Test func plainlyGreedyIsWhatTheLargestLogitDecides() {
        let changes: [(inout SamplingOptions) -> Void] = [
            { $0.temperature = 0.1 }, { $0.repetitionPenalty = 1.1 }, { $0.frequencyPenalty = 1 },
            { $0.presencePenalty = -1 }, { $0.biases = [.init(token: 0, value: 1)] },
            { $0.suppressedTokens = [1] },
        ]
        #expect(
            options {
                $0.topK = 3
                $0.topP = 0.5
                $0.minP = 0.1
                $0.seed = 4
            }.isPlainlyGreedy)
        for change in changes { #expect(!options(change).isPlainlyGreedy) }
    }
}
