internal import Basics
internal import Measurement
package import Qwen

/// The answers to a batch of prompts, generated in lock step, and when their tokens were there.
///
/// The prompts may differ in length. A sequence that has ended is fed its end token until all have
/// ended; what comes of that is thrown away.
package struct Generation: Codable {
    /// What is asked for.
    package struct Request: Codable, Equatable {
        /// Each at least one token.
        package let prompts: [[Int]]
        /// The tokens of the session's one sequence so far.
        ///
        /// What the prompt has in common with them at its beginning is not processed again.
        package let known: [Int]
        package let options: SamplingOptions
        package let endTokens: Set<Int>
        /// Tokens of an answer at most.
        package let limit: Int

        package init(
            prompts: [[Int]], known: [Int] = [], options: SamplingOptions, endTokens: Set<Int>,
            limit: Int
        ) {
            self.prompts = prompts
            self.known = known
            self.options = options
            self.endTokens = endTokens
            self.limit = limit
        }
    }

    /// The tokens of each answer, without the end token.
    package private(set) var answers: [[Int]]
    /// When the prompts were handed over, and when the tokens of each step were chosen.
    package private(set) var stamps: [UInt64]
    /// Tokens chosen after the first of each answer, end tokens among them.
    package private(set) var laterTokens = 0
    /// Tokens of the prompts that were processed: those that the session did not have already.
    package let processedTokens: Int

    /// - Parameters:
    ///   - session: for as many sequences as there are prompts, with room for each prompt and
    ///     `limit` tokens.
    ///   - isCancelled: asked after every step.
    ///   - take: called with the number of the sequence and its token as it comes; the time that
    ///     takes is the next step's.
    /// - Throws: `UsageError` for a prompt without a token, `QwenError.invalidSampling`, `QwenError.logitsNotFinite`, what `take` throws.
    package init(
        _ session: Session, _ request: Request, isCancelled: () -> Bool = { false },
        take: (_ sequence: Int, _ token: Int) throws -> Void = { _, _ in }
    ) throws {
        let (prompts, limit) = (request.prompts, request.limit)
        for prompt in prompts { try session.model.whole.checkRows(of: prompt) }
        guard prompts.allSatisfy({ !$0.isEmpty }) else {
            throw UsageError("the tokenizer makes no token of the prompt; give another prompt")
        }
        // Of all ranks: each has all logits.
        let vocabularySize = session.model.whole.vocabularySize
        var samplers = try prompts.map { prompt in
            var sampler = try Sampler(request.options, vocabularySize: vocabularySize)
            for token in prompt { sampler.observe(token) }
            return sampler
        }
        var ranking = TokenHeap(vocabularySize: vocabularySize)
        answers = Array(repeating: [], count: prompts.count)
        var tokens = [Int32](repeating: 0, count: prompts.count)
        var isOpen = [Bool](repeating: true, count: prompts.count)
        let kept = Self.start(session, prompts, known: request.known)
        let input = prompts.flatMap { $0.dropFirst(kept).map { Int32($0) } }
        processedTokens = input.count
        stamps = [Clock.now()]
        input.withUnsafeBufferPointer { session.stagePrompts($0) }
        for step in 1...limit {
            session.forward()
            for sequence in prompts.indices where isOpen[sequence] {
                let position = prompts[sequence].count + step - 2
                let token = try samplers[sequence].next(
                    session.logits(sequence), ranking: &ranking, position: position)
                tokens[sequence] = Int32(token)
                if step > 1 { laterTokens += 1 }
            }
            stamps.append(Clock.now())
            for sequence in prompts.indices where isOpen[sequence] {
                let token = Int(tokens[sequence])
                isOpen[sequence] = !request.endTokens.contains(token)
                guard isOpen[sequence] else { continue }
                answers[sequence].append(token)
                try take(sequence, token)
            }
            if step == limit || !isOpen.contains(true) || isCancelled() { break }
            tokens.withUnsafeBufferPointer { session.stageTokens($0) }
        }
    }

    /// Prepares the session for the prompts.
    ///
    /// - Returns: how many tokens of the prompt the session has already.
    private static func start(_ session: Session, _ prompts: [[Int]], known: [Int]) -> Int {
        let common = zip(known, prompts[0]).prefix { $0 == $1 }.count
        guard common > 0 else {
            session.start(promptLengths: prompts.map(\.count))
            return 0
        }
        // The logits of the last token are wanted in any case.
        let length = prompts[0].count
        return session.start(promptLength: length, keeping: min(common, length - 1))
    }

    /// The tokens of an answer that went through the model: not the one that was chosen last.
    package func processedAnswer(_ sequence: Int) -> ArraySlice<Int> {
        answers[sequence].prefix(stamps.count - 2)
    }

    /// The words of the documents for its times.
    package var times: AnswerTimes {
        let first = Double(stamps[1] - stamps[0]) / 1e9
        let rest = Double(stamps[stamps.count - 1] - stamps[1]) / 1e9
        return AnswerTimes(
            firstTokenSeconds: first,
            tokensPerSecond: laterTokens > 0 ? Double(laterTokens) / rest : nil)
    }
}
