import Basics

/// The requests of a load: what they ask, how long they are, and when they come.
///
/// From the same seeds it is the same on every machine, and a longer list of requests begins with the
/// shorter one. What costs time is the same in every repetition: lengths, arrivals and listed
/// prompts. Only the ids of random prompts are new in each, so that nothing of an earlier one can be
/// remembered.
package struct RequestMix: Equatable, Sendable {
    /// What is asked.
    package enum Prompts: Equatable, Sendable {
        /// Random ids. The first `prefixTokens` are the same in all prompts of a repetition, and count
        /// as part of their lengths; all others differ from prompt to prompt.
        case random(lengths: LengthDistribution, prefixTokens: Int = 0)
        /// Prompts of a file in an order that the seed of the prompts shuffles. Each is taken once
        /// before one is taken again.
        case listed([ListedPrompt])
    }

    /// How long answers may be.
    package enum Answers: Equatable, Sendable {
        case drawn(LengthDistribution)
        /// As long as those of the listed prompts.
        case listed
    }

    package let prompts: Prompts
    package let answers: Answers
    package let arrivals: Arrivals
    package let seeds: WorkloadSeeds
    /// Whether an answer may end before its limit.
    package let endsAtEndToken: Bool
    /// The listed prompts in the order they are taken.
    private let order: [Int]

    /// - Throws: `WorkloadError` for parts that do not fit together.
    package init(
        prompts: Prompts, answers: Answers, arrivals: Arrivals = .together, seeds: WorkloadSeeds,
        endsAtEndToken: Bool = false
    ) throws(WorkloadError) {
        switch prompts {
        case .random(let lengths, let prefix):
            guard prefix < lengths.smallest else {
                throw .prefixTooLong(tokens: prefix, shortestPrompt: lengths.smallest)
            }
            guard prefix >= 0 else {
                throw .outOfRange(
                    .prefixTokens, item: "\(prefix)", position: 1, allowed: "a number of 0 or more")
            }
            guard answers != .listed else { throw .noListedAnswers }
            order = []
        case .listed(let listed):
            guard !listed.isEmpty else { throw .noListedPrompts }
            for (index, prompt) in listed.enumerated() {
                if let problem = Self.problem(with: prompt, needsAnswer: answers == .listed) {
                    throw .badListedPrompt(number: index + 1, problem: problem)
                }
            }
            order = Self.shuffled(
                listed.count, seed: WorkloadSeeds.derived("order", from: seeds.prompts))
        }
        self.prompts = prompts
        self.answers = answers
        self.arrivals = arrivals
        self.seeds = seeds
        self.endsAtEndToken = endsAtEndToken
    }

    /// The first requests, in the order they are meant to start.
    ///
    /// - Parameters:
    ///   - count: 0 or more.
    ///   - repetition: counted from 0.
    /// - Throws: `WorkloadError.tooFewArrivals`.
    package func requests(count: Int, repetition: Int) throws(WorkloadError) -> [Request] {
        let offsets = try arrivals.offsets(count: count, seed: seeds.arrivals)
        var inputs = SplitMix64(seed: WorkloadSeeds.derived("input", from: seeds.lengths))
        var outputs = SplitMix64(seed: WorkloadSeeds.derived("output", from: seeds.lengths))
        return (0..<count).map { index in
            let listed = listedPrompt(of: index)
            let (prompt, inputLength) = question(
                index, of: repetition, listed: listed, lengths: &inputs)
            let outputLimit: Int
            switch answers {
            case .drawn(let lengths): outputLimit = lengths.sample(&outputs)
            case .listed: outputLimit = listed?.answerTokens ?? 1
            }
            return Request(
                prompt: prompt, inputLength: inputLength, outputLimit: outputLimit,
                endsAtEndToken: endsAtEndToken, startOffset: offsets?[index])
        }
    }

    /// The prompt of a request and its length.
    private func question(
        _ index: Int, of repetition: Int, listed: ListedPrompt?, lengths generator: inout SplitMix64
    ) -> (Request.Prompt, Int) {
        switch prompts {
        case .random(let lengths, let prefixTokens):
            let length = lengths.sample(&generator)
            let seed = WorkloadSeeds.mixed(seeds.prompts, repetition, index)
            guard prefixTokens > 0 else { return (.random(seed: seed), length) }
            // No request has this number.
            let shared = WorkloadSeeds.mixed(seeds.prompts, repetition, -1)
            let prefix = Request.Prefix(seed: shared, tokens: prefixTokens)
            return (.random(seed: seed, prefix: prefix), length)
        case .listed:
            let tokens = listed?.tokens ?? []
            return (.tokens(tokens), tokens.count)
        }
    }

    /// The listed prompt that a request takes; nil where prompts are random.
    private func listedPrompt(of index: Int) -> ListedPrompt? {
        guard case .listed(let listed) = prompts else { return nil }
        return listed[order[index % order.count]]
    }

    /// What is wrong with a listed prompt; nil if nothing is.
    private static func problem(with prompt: ListedPrompt, needsAnswer: Bool) -> String? {
        let lengths = 1...Grid.largestValue
        if prompt.tokens.isEmpty { return "is empty" }
        if !lengths.contains(prompt.tokens.count) {
            return "has more than \(Grid.largestValue) tokens"
        }
        if prompt.tokens.contains(where: { $0 < 0 }) { return "has a token below 0" }
        guard needsAnswer else { return nil }
        guard let answer = prompt.answerTokens else { return "has no answer" }
        return lengths.contains(answer)
            ? nil : "has an answer of \(answer) tokens, not of 1 to \(Grid.largestValue)"
    }

    /// The numbers below a count in a random order.
    ///
    /// Written out, as the standard library may change how it shuffles. Source: Durstenfeld,
    /// Algorithm 235: Random Permutation, Communications of the ACM 7 (1964).
    private static func shuffled(_ count: Int, seed: UInt64) -> [Int] {
        var generator = SplitMix64(seed: seed)
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, Int(generator.next() % UInt64(last + 1)))
        }
        return order
    }
}
