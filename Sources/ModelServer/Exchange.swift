internal import Qwen
internal import Serving
internal import ServingAPI
internal import Wire

/// One HTTP request that is being answered: its prompts, and the answers to each.
///
/// For the loop alone.
final class Exchange {
    /// How the answer is written.
    enum Form {
        /// Events of OpenAI's API.
        case chunks(ChunkWriter)
        /// One object of it.
        case whole(AnswerIdentity)
        /// LLM-TPU's: the whole text so far in every event, or once.
        case texts(isStream: Bool)
    }

    /// What is wanted beside the text.
    struct Wishes {
        /// How many of the most probable tokens come with each; nil wants none.
        var logprobs: Int?
        var tokens = false
        var usage = false
        var metrics = false
        /// Whether prompts stand before their answers.
        var echo = false
    }

    let response: Response
    /// Where it was asked.
    let path: String
    /// By which the engine knows each prompt.
    var ids: [RequestID] = []
    /// Whether something came that is not flushed.
    var isTouched = false

    private let wishes: Wishes
    private(set) var prompts: [ServedPrompt]
    private(set) var usage: Usage
    /// Answers that the engine is to end: those that a stop has ended, or all after a failure.
    private var ended: [(prompt: Int, answer: Int)] = []

    private let words: ServedWords
    private let answersPerPrompt: Int
    private let form: Form
    /// That of `chunks`, as it goes on.
    private var writer: ChunkWriter?
    private var choices: [Choice]
    private var event: [UInt8] = []

    /// - Parameter answer: what the text of each answer begins as.
    init(
        _ response: Response, _ form: Form, prompts: [ServedPrompt], answersPerPrompt: Int,
        wishes: Wishes, _ words: ServedWords, answer: AnswerWords, path: String
    ) {
        self.response = response
        self.path = path
        self.form = form
        if case .chunks(let first) = form { writer = first }
        self.prompts = prompts
        self.answersPerPrompt = answersPerPrompt
        self.wishes = wishes
        self.words = words
        usage = Usage(
            promptTokens: prompts.reduce(0) { $0 + $1.tokens.count }, completionTokens: 0)
        choices = Array(repeating: Choice(answer), count: prompts.count * answersPerPrompt)
    }

    /// Why an answer to a prompt ended, as far as it is known.
    func finish(prompt: Int, answer: Int) -> AnswerEnd {
        choices[prompt * answersPerPrompt + answer].finish ?? .abort
    }

    /// The answers that are to be ended, which are forgotten by that.
    func takeEnded() -> [(prompt: Int, answer: Int)] {
        defer { ended = [] }
        return ended
    }

    // MARK: What happens

    /// Takes note of something that happened to the answers to a prompt.
    ///
    /// - Returns: the nanoseconds since the token before, for a token that is not the first.
    func take(_ event: StepEvent, prompt: Int, _ report: StepReport) -> UInt64? {
        prompts[prompt].times.note(event)
        let number = prompt * answersPerPrompt + event.answer
        switch event.what {
        case .admitted(let cachedTokens):
            usage.cachedTokens += cachedTokens
            return nil
        case .scored(let range):
            prompts[prompt].scores += report.logProbabilities[range]
            return nil
        case .token(let token, let range):
            defer { choices[number].lastTime = event.time }
            take(token, report.logProbabilities[range], prompt, event.answer)
            return choices[number].lastTime.map { event.time - $0 }
        case .ended(let reason):
            end(number, reason, prompt)
            return nil
        }
    }

    private func take(
        _ token: Int32, _ listing: ArraySlice<LogProbability>, _ prompt: Int, _ answer: Int
    ) {
        let number = prompt * answersPerPrompt + answer
        guard choices[number].finish == nil else { return }
        usage.completionTokens += 1
        do {
            let text = try choices[number].words.append(token)
            let logprobs = wishes.logprobs.map { _ in [TokenLogprobs(listing, words)] }
            add(text, [Int(token)], logprobs, to: number, of: prompt)
        } catch {
            return fail(.failed("\(error)"))
        }
        guard choices[number].words.isStopped else { return }
        finish(number, .stop)
        ended.append((prompt, answer))
    }

    private func end(_ number: Int, _ reason: FinishReason, _ prompt: Int) {
        guard choices[number].finish == nil else { return }
        let (tokens, why): ([Int], AnswerEnd)
        switch reason {
        case .endToken(let token): (tokens, why) = ([Int(token)], .stop)
        case .limit: (tokens, why) = ([], .length)
        case .cancelled: (tokens, why) = ([], .abort)
        case .failed(let error): return fail(.failed("\(error)"))
        }
        usage.completionTokens += tokens.count
        add(choices[number].words.finish(), tokens, nil, to: number, of: prompt)
        finish(number, why)
    }

    /// Adds to an answer; the first time, its prompt before that, where it is wanted.
    private func add(
        _ text: String, _ tokens: [Int], _ logprobs: [TokenLogprobs]?, to number: Int,
        of prompt: Int
    ) {
        var (text, logprobs) = (text, logprobs)
        let isFirst = !choices[number].hasBegun
        choices[number].hasBegun = true
        if isFirst, wishes.echo {
            text = prompts[prompt].text + text
            if let alternatives = wishes.logprobs {
                logprobs =
                    prompts[prompt].logprobs(words, alternatives: alternatives) + (logprobs ?? [])
            }
        }
        switch form {
        case .chunks:
            merge(text, tokens, logprobs, into: number)
            if isFirst, wishes.tokens {
                choices[number].pending?.promptTokens = prompts[prompt].tokens.map { Int($0) }
            }
        case .whole, .texts:
            choices[number].text += text
            if wishes.tokens { choices[number].tokens += tokens }
            if let logprobs { choices[number].logprobs += logprobs }
        }
    }

    /// What is no token of its own goes with the one before, if that is not written.
    private func merge(
        _ text: String, _ tokens: [Int], _ logprobs: [TokenLogprobs]?, into number: Int
    ) {
        let isOwn = choices[number].pending == nil || logprobs != nil || !tokens.isEmpty
        if isOwn {
            write(number)
            var delta = ChunkWriter.Delta(choice: number)
            delta.textOffset = choices[number].length
            if wishes.tokens { delta.tokens = [] }
            choices[number].pending = delta
        }
        choices[number].pending?.text += text
        choices[number].pending?.tokens? += tokens
        if let logprobs { choices[number].pending?.logprobs = logprobs }
        choices[number].pending?.usage = usage
        choices[number].length += text.unicodeScalars.count
    }

    private func finish(_ number: Int, _ reason: AnswerEnd) {
        choices[number].finish = reason
        choices[number].pending?.finish = reason
    }

    /// Ends all of it with an error.
    func fail(_ error: APIError) {
        for (number, choice) in choices.enumerated() where choice.finish == nil {
            choices[number].finish = .abort
            ended.append((number / answersPerPrompt, number % answersPerPrompt))
        }
        guard response.hasBegun else { return response.send(Answer(error)) }
        response.append(event: error.body)
        response.append(event: ChunkWriter.end)
        response.close()
    }

    // MARK: What is written

    /// Sends what has come since the last time, and the end once all answers have theirs.
    func flush() {
        guard !response.isOver else { return }
        switch form {
        case .chunks:
            for number in choices.indices { write(number) }
            guard isComplete else { return response.flush() }
            closeChunks()
        case .texts(isStream: true):
            // Before the first token there is nothing to tell.
            guard choices[0].hasBegun else { return }
            response.append(text: Array(choices[0].text.utf8))
            if isComplete { response.close() } else { response.flush() }
        case .texts(isStream: false):
            guard isComplete else { return }
            response.send(Answer(json: SmallAnswer.answer(choices[0].text)))
        case .whole(let identity):
            guard isComplete else { return }
            response.send(Answer(body: whole(identity)))
        }
    }

    private var isComplete: Bool { choices.allSatisfy { $0.finish != nil } }

    /// Writes what a stream has not been told of an answer.
    private func write(_ number: Int) {
        guard let delta = choices[number].pending else { return }
        choices[number].pending = nil
        if writer?.needsRole(number) == true {
            append { writer?.appendRole(delta, to: &$0) }
        }
        append { writer?.append(delta, to: &$0) }
    }

    private func append(_ write: (inout [UInt8]) -> Void) {
        event.removeAll(keepingCapacity: true)
        write(&event)
        response.append(event: event)
    }

    private func closeChunks() {
        if wishes.usage { append { writer?.append(usage, metrics: metrics, to: &$0) } }
        response.append(event: ChunkWriter.end)
        response.close()
    }

    private func whole(_ identity: AnswerIdentity) -> [UInt8] {
        let all = choices.enumerated().map { number, choice in
            var answer = WholeAnswer.Choice(text: choice.text, finish: choice.finish ?? .abort)
            if wishes.logprobs != nil { answer.logprobs = choice.logprobs }
            if wishes.tokens {
                answer.tokens = choice.tokens
                if identity.kind == .completion {
                    answer.promptTokens = prompts[number / answersPerPrompt].tokens.map { Int($0) }
                }
            }
            return answer
        }
        var answer = WholeAnswer(identity, choices: all, usage: usage)
        answer.metrics = metrics
        if wishes.tokens, identity.kind == .chat {
            answer.promptTokens = prompts[0].tokens.map { Int($0) }
        }
        return answer.body
    }

    /// Of the first prompt, where they were asked for and it had a token.
    private var metrics: RequestMetrics? {
        let times = prompts[0].times
        guard wishes.metrics, let queue = times.queueSeconds, let prefill = times.prefillSeconds,
            let decode = times.decodeSeconds
        else { return nil }
        return RequestMetrics(
            queue: queue, prefill: prefill, decode: decode,
            furtherTokens: max(0, times.tokens.count - 1))
    }
}
