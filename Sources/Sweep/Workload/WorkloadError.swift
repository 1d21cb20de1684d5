/// What can be wrong with the description of a workload, or with a file that it names.
package enum WorkloadError: Error, Equatable, CustomStringConvertible {
    /// What of a workload a user describes, named as the command line names it.
    package enum Part: String, Sendable, CaseIterable, CustomStringConvertible {
        case input
        case output
        case arrivals
        case prompts
        case prefixTokens = "prefix-tokens"

        package var description: String { rawValue }

        /// What a user may write, for error messages.
        var expected: String {
            switch self {
            case .input, .output:
                "tokens such as 128, 128:2048, 128:2048~lognormal or @histogram.csv"
            case .arrivals:
                "together, closed:8, rate:4, rate:4~poisson, rate:4~gamma:0.5 or @trace.jsonl"
            case .prompts: "a file of prompts"
            case .prefixTokens: "a number of tokens"
            }
        }
    }

    /// There is nothing where a part is described.
    case empty(Part)
    /// An item does not follow the grammar; `position` counts characters from 1.
    case malformed(Part, item: String, text: String, position: Int)
    /// An item is a number that is not in the range that is allowed.
    case outOfRange(Part, item: String, position: Int, allowed: String)
    /// A range ends before it begins.
    case descending(Part, item: String, position: Int)
    /// Prompts would be nothing but what they share.
    case prefixTooLong(tokens: Int, shortestPrompt: Int)
    /// A text has a beginning of its own.
    case prefixOfTexts(tokens: Int)
    /// Texts have the length that they have.
    case noListedPrompts
    /// A prompt that is listed, counted from 1, is empty, too long or without an answer's length.
    case badListedPrompt(number: Int, problem: String)
    /// Random prompts have no answers whose lengths could be taken.
    case noListedAnswers
    /// A trace has fewer arrivals than there are requests.
    case tooFewArrivals(path: String, found: Int, wanted: Int)
    /// A file is not what it should be; `line` counts from 1, and is nil where it is the whole file.
    case file(path: String, line: Int?, problem: String, remedy: String)

    package var description: String {
        switch self {
        case .empty(let part):
            "\(part): nothing is given; give \(part.expected)"
        case .malformed(let part, let item, let text, let position):
            "\(part): \"\(item)\" at position \(position) of \"\(text)\" is not valid; "
                + "give \(part.expected)"
        case .outOfRange(let part, let item, let position, let allowed):
            "\(part): \"\(item)\" at position \(position) is out of range; give \(allowed)"
        case .descending(let part, let item, let position):
            "\(part): \"\(item)\" at position \(position) goes down; write the smaller end first"
        case .prefixTooLong(let tokens, let shortest):
            "prefix-tokens: \(tokens) tokens leave nothing of a prompt of \(shortest); "
                + (shortest > 1 ? "the most is \(shortest - 1)" : "give longer prompts")
        case .prefixOfTexts(let tokens):
            "prefix-tokens: \(tokens) tokens go before random prompts only; "
                + "write what the prompts share into their file"
        case .noListedPrompts:
            "prompts: there is none; give \(Part.prompts.expected)"
        case .badListedPrompt(let number, let problem):
            "prompts: prompt \(number) \(problem); leave it out"
        case .noListedAnswers:
            "output: random prompts have no answers to take the lengths of; "
                + "give \(Part.output.expected)"
        case .tooFewArrivals(let path, let found, let wanted):
            "\(path) has \(found) arrivals, and \(wanted) requests are asked for; "
                + "ask for \(found) or fewer"
        case .file(let path, let line, let problem, let remedy):
            path + (line.map { ", line \($0)" } ?? "") + ": \(problem); \(remedy)"
        }
    }
}
