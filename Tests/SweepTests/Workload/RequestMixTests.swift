import Sweep
import Testing

@Suite struct RequestMixTests {
    private func mix(
        input: String = "128:2048~lognormal", prefix: Int = 0, output: String = "1:64",
        arrivals: String = "rate:4~poisson", seeds: WorkloadSeeds = WorkloadSeeds(0)
    ) throws -> RequestMix {
        try RequestMix(
            prompts: .random(
                lengths: LengthDistribution(parsing: input, of: .input), prefixTokens: prefix),
            answers: .drawn(LengthDistribution(parsing: output, of: .output)),
            arrivals: Arrivals(parsing: arrivals), seeds: seeds)
    }

    /// What does not depend on the ids of the prompts.
    private struct Form: Equatable {
        let input: Int
        let output: Int
        let start: UInt64?

        init(_ request: Request) {
            input = request.inputLength
            output = request.outputLimit
            start = request.startOffset
        }
    }

    private static let count = 10_000

    @Test func sameSeedIsTheSameWorkload() throws {
        let requests = try mix().requests(count: 100, repetition: 0)
        #expect(try mix().requests(count: 100, repetition: 0) == requests)
        #expect(try mix().requests(count: 40, repetition: 0) == Array(requests[..<40]))
        #expect(try mix(seeds: WorkloadSeeds(1)).requests(count: 100, repetition: 0) != requests)
    }

    /// As a program in Python computes them with its own logarithms, from what the code says.
    @Test func seedIsTheSameWorkloadOnEveryMachine() throws {
        let seeds = WorkloadSeeds(0)
        #expect(seeds.prompts == 0x6AF3_70BA_D1D6_2C10)
        #expect(seeds.lengths == 0x3E08_6B65_033E_3740)
        #expect(seeds.arrivals == 0xC89F_54DD_08BE_F8F2)
        let requests = try mix().requests(count: 8, repetition: 0)
        #expect(requests.map(\.inputLength) == [593, 1566, 1444, 614, 199, 376, 761, 610])
        #expect(requests.map(\.outputLimit) == [58, 7, 40, 48, 17, 7, 46, 53])
        #expect(
            requests[..<5].map(\.startOffset)
                == [0, 255_368_898, 398_816_322, 680_079_795, 785_656_552])
        let bursts = try mix(arrivals: "rate:4~gamma:0.5").requests(count: 5, repetition: 0)
        #expect(
            bursts.map(\.startOffset)
                == [0, 43_255_547, 372_755_131, 388_880_032, 1_515_581_899])
        #expect(
            Array(requests[0].promptTokens(vocabularySize: 1000)[..<4]) == [767, 74, 1, 443])
        let listed = try RequestMix(
            prompts: .listed((0..<20).map { ListedPrompt(tokens: [$0]) }),
            answers: .drawn(LengthDistribution(fixed: 1)), seeds: seeds)
        #expect(
            try listed.requests(count: 20, repetition: 0).map {
                $0.promptTokens(vocabularySize: 1)[0]
            } == [9, 5, 0, 3, 13, 11, 14, 16, 8, 1, 17, 19, 10, 7, 12, 6, 15, 18, 4, 2])
    }

    @Test func eachSeedChangesItsOwnPartAlone() throws {
        let first = try mix().requests(count: 100, repetition: 0)
        var seeds = WorkloadSeeds(0)
        seeds.arrivals &+= 1
        let others = try mix(seeds: seeds).requests(count: 100, repetition: 0)
        #expect(others.map(\.inputLength) == first.map(\.inputLength))
        #expect(others.map(\.outputLimit) == first.map(\.outputLimit))
        #expect(others.map(\.prompt) == first.map(\.prompt))
        #expect(others.map(\.startOffset) != first.map(\.startOffset))

        seeds = WorkloadSeeds(0)
        seeds.lengths &+= 1
        let longer = try mix(seeds: seeds).requests(count: 100, repetition: 0)
        #expect(longer.map(\.inputLength) != first.map(\.inputLength))
        #expect(longer.map(\.outputLimit) != first.map(\.outputLimit))
        #expect(longer.map(\.prompt) == first.map(\.prompt))
        #expect(longer.map(\.startOffset) == first.map(\.startOffset))

        seeds = WorkloadSeeds(0)
        seeds.prompts &+= 1
        let asked = try mix(seeds: seeds).requests(count: 100, repetition: 0)
        #expect(asked.map(Form.init) == first.map(Form.init))
        #expect(zip(asked, first).allSatisfy { $0.prompt != $1.prompt })
    }

    @Test func aDistributionChangesItsOwnLengthsAlone() throws {
        let first = try mix().requests(count: 100, repetition: 0)
        let others = try mix(input: "7").requests(count: 100, repetition: 0)
        #expect(others.map(\.outputLimit) == first.map(\.outputLimit))
        #expect(others.allSatisfy { $0.inputLength == 7 })
        // Two lengths of one request are not tied to each other.
        let same = try mix(input: "1:64", output: "1:64").requests(count: 100, repetition: 0)
        #expect(same.contains { $0.inputLength != $0.outputLimit })
    }

    @Test func repetitionChangesNothingButIds() throws {
        let first = try mix().requests(count: 100, repetition: 0)
        let second = try mix().requests(count: 100, repetition: 1)
        #expect(second.map(Form.init) == first.map(Form.init))
        #expect(zip(second, first).allSatisfy { $0.prompt != $1.prompt })
    }

    /// Over 10,000 draws a mean is within 4 standard errors: 64 lengths from 1 on have the deviation
    /// √((64² − 1)/12) = 18.47.
    @Test func lengthsHaveTheirMeanAndTheirEnds() throws {
        let requests = try mix().requests(count: Self.count, repetition: 0)
        let outputs = requests.map(\.outputLimit)
        #expect(abs(Double(outputs.reduce(0, +)) / Double(Self.count) - 32.5) < 0.74)
        #expect((outputs.min(), outputs.max()) == (1, 64))
        let inputs = requests.map(\.inputLength)
        let lengths = try LengthDistribution(parsing: "128:2048~lognormal", of: .input)
        #expect(abs(Double(inputs.reduce(0, +)) / Double(Self.count) - lengths.mean) < 16)
        #expect((inputs.min(), inputs.max()) == (128, 2048))
        // 1 % at each end.
        #expect(60...140 ~= inputs.count { $0 == 128 })
        #expect(60...140 ~= inputs.count { $0 == 2048 })
    }

    @Test func idsAreOfTheVocabularyAndAsManyAsTheLength() throws {
        let request = try mix(input: "200").requests(count: 1, repetition: 0)[0]
        let ids = request.promptTokens(vocabularySize: 10)
        #expect(ids.count == 200)
        #expect(Set(ids) == Set(0..<10))
        #expect(request.promptTokens(vocabularySize: 10) == ids)
    }

    @Test func promptsShareTheirPrefixWithinARepetition() throws {
        let mix = try mix(input: "20:40", prefix: 19)
        func prompts(_ repetition: Int) throws -> [[Int]] {
            try mix.requests(count: 8, repetition: repetition).map {
                $0.promptTokens(vocabularySize: 1_000_000)
            }
        }
        let first = try prompts(0)
        let lengths = try mix.requests(count: 8, repetition: 0).map(\.inputLength)
        #expect(first.map(\.count) == lengths)
        #expect(Set(first.map { Array($0[..<19]) }).count == 1)
        #expect(Set(first.map { $0[19] }).count == 8)
        #expect(try prompts(1)[0][..<19] != first[0][..<19])
    }

    @Test func promptsDifferFromTheFirstTokenOn() throws {
        let requests = try mix().requests(count: 100, repetition: 0)
        let first = requests.map { $0.promptTokens(vocabularySize: 1 << 40)[0] }
        #expect(Set(first).count == 100)
    }

    @Test func closedLoadHasNoTimes() throws {
        let requests = try mix(arrivals: "closed:4").requests(count: 9, repetition: 0)
        #expect(requests.map(\.startOffset) == Array(repeating: nil, count: 9))
    }

    @Test func listedPromptsAreEachTakenOnceInTheOrderOfTheSeed() throws {
        let listed = (0..<20).map { ListedPrompt(tokens: [$0, 1, 2], answerTokens: $0 + 1) }
        func requests(_ count: Int, seed: UInt64 = 0, repetition: Int = 0) throws -> [Request] {
            try RequestMix(
                prompts: .listed(listed), answers: .listed, seeds: WorkloadSeeds(seed),
                endsAtEndToken: true
            ).requests(count: count, repetition: repetition)
        }
        func tokens(_ requests: [Request]) -> [[Int]] {
            requests.map { $0.promptTokens(vocabularySize: 5) }
        }
        let first = try requests(40)
        #expect(Set(tokens(Array(first[..<20]))) == Set(listed.map(\.tokens)))
        #expect(tokens(Array(first[20...])) == tokens(Array(first[..<20])))
        #expect(tokens(Array(first[..<20])) != listed.map(\.tokens))
        for request in first {
            #expect(request.inputLength == 3)
            #expect(request.outputLimit == request.promptTokens(vocabularySize: 5)[0] + 1)
            #expect(request.endsAtEndToken)
            #expect(request.startOffset == 0)
        }
        #expect(try tokens(requests(40, seed: 1)) != tokens(first))
        #expect(try requests(40, repetition: 1) == first)
        #expect(try requests(7) == Array(first[..<7]))
    }

    @Test func partsThatDoNotFitAreRefused() throws {
        #expect(throws: WorkloadError.prefixTooLong(tokens: 20, shortestPrompt: 20)) {
            try mix(input: "20:40", prefix: 20)
        }
        #expect(throws: WorkloadError.self) { try mix(prefix: -1) }
        let seeds = WorkloadSeeds(0)
        let five = LengthDistribution(fixed: 5)
        #expect(throws: WorkloadError.noListedAnswers) {
            try RequestMix(prompts: .random(lengths: five), answers: .listed, seeds: seeds)
        }
        #expect(throws: WorkloadError.noListedPrompts) {
            try RequestMix(prompts: .listed([]), answers: .drawn(five), seeds: seeds)
        }
        let good = ListedPrompt(tokens: [1])
        for (bad, problem) in [
            (ListedPrompt(tokens: [], answerTokens: 1), "is empty"),
            (ListedPrompt(tokens: [3, -1], answerTokens: 1), "has a token below 0"),
        ] {
            #expect(throws: WorkloadError.badListedPrompt(number: 2, problem: problem)) {
                try RequestMix(prompts: .listed([good, bad]), answers: .drawn(five), seeds: seeds)
            }
        }
        #expect(throws: WorkloadError.badListedPrompt(number: 1, problem: "has no answer")) {
            try RequestMix(prompts: .listed([good]), answers: .listed, seeds: seeds)
        }
        #expect(throws: WorkloadError.self) {
            try RequestMix(
                prompts: .listed([ListedPrompt(tokens: [1], answerTokens: 0)]), answers: .listed,
                seeds: seeds)
        }
    }

    @Test func errorNamesTheNumberAndTheRemedy() {
        #expect(
            WorkloadError.prefixTooLong(tokens: 20, shortestPrompt: 20).description
                == "prefix-tokens: 20 tokens leave nothing of a prompt of 20; the most is 19")
        #expect(
            WorkloadError.tooFewArrivals(path: "t", found: 3, wanted: 4).description
                == "t has 3 arrivals, and 4 requests are asked for; ask for 3 or fewer")
    }
}
