/// What the core refuses, each in one line that names the value and the remedy.
package enum QwenError: Error, Equatable, CustomStringConvertible {
    case unknownPreset(String, known: [String])
    case invalidConfiguration(model: String, problem: String)
    case tooLarge(model: String)
    case doesNotFit(what: String, needed: Int, available: Int, arithmetic: String)
    case contextTooLong(positions: Int, maximum: Int, model: String)
    case cacheTooLong(positions: Int, maximum: Int)
    case unusableInstructionSet(String)
    case unknownSlot(Int)
    case slotInUse(Int)
    case positionsOutOfOrder(slot: Int, expected: Int, found: Int)
    case cacheFull(positions: Int, blocks: Int)
    case stepFull(rows: Int, entries: Int)
    case slotInStep(Int)
    case givenAfterChosen(slot: Int)
    case maskTooWide(rows: Int)
    /// `offset` is where in the file the problem was met.
    case invalidGGUF(offset: Int, problem: String)
    case unsupportedGGUF(problem: String)
    case invalidPackedFile(problem: String)
    /// `line` is counted from 1; nil where the problem is not in one line.
    case invalidModelFile(path: String, line: Int?, problem: String)
    case unsupportedModel(path: String, problem: String)
    case invalidTokenizer(problem: String)
    /// A value in one of the files beside the weights; `problem` names it and the remedy.
    case unusableValue(path: String, problem: String)
    case noTokenizer(path: String)
    case unknownToken(Int, vocabularySize: Int)
    case tokenWithoutRow(Int, rows: Int)
    case unwritableByte(UInt8)
    /// `option` is spelt as in OpenAI's API; `problem` begins with the value.
    case invalidSampling(option: String, problem: String)
    /// `position` is that of the token they come after, if it is known.
    case logitsNotFinite(position: Int?)
    /// `tensor` names the row too; `column` is where in it the first one stands.
    case weightsNotFinite(tensor: String, column: Int)
    case weightTooLarge(tensor: String, column: Int)

    package var description: String {
        switch self {
        case .unknownPreset(let name, let known):
            "--model \(name) is unknown; choose one of \(known.joined(separator: ", "))"
        case .invalidConfiguration(let model, let problem):
            "the model \(model) cannot run: \(problem)"
        case .tooLarge(let model):
            "\(model): sizes overflow; use a smaller model, batch or length"
        case .doesNotFit(let what, let needed, let available, let arithmetic):
            "\(what) need \(Self.gibibytes(needed)) (\(arithmetic)) and "
                + "\(Self.gibibytes(available)) are available; use a smaller model, batch or "
                + "length, or a lower precision"
        case .contextTooLong(let positions, let maximum, let model):
            "\(positions) positions (input + output) are more than the \(maximum) that \(model) "
                + "can have; use shorter lengths"
        case .cacheTooLong(let positions, let maximum):
            "\(positions) positions (input + output) are more than the \(maximum) that an int8 KV "
                + "cache can have; use shorter lengths, or --kv-cache bf16"
        case .unknownSlot(let slot):
            "no sequence is in slot \(slot)"
        case .slotInUse(let slot):
            "slot \(slot) has a sequence already; release it first"
        case .positionsOutOfOrder(let slot, let expected, let found):
            "position \(found) of slot \(slot) was asked for, which has \(expected)"
        case .cacheFull(let positions, let blocks):
            "no room in the KV cache for \(positions) positions: \(blocks) blocks of 64 are left; "
                + "end another sequence first"
        case .stepFull(let rows, let entries):
            "a step takes \(rows) tokens of \(entries) sequences; begin another one"
        case .slotInStep(let slot):
            "slot \(slot) has tokens in this step already; run it first"
        case .givenAfterChosen(let slot):
            "slot \(slot) has tokens of a prompt, and the step chosen ones already; add prompts first"
        case .maskTooWide(let rows):
            "a mask is for \(UInt64.bitWidth) tokens at most, not \(rows); split them over steps"
        case .unusableInstructionSet(let name):
            "this CPU cannot run \(name); use --isa auto"
        case .invalidGGUF(let offset, let problem):
            "not a usable GGUF file: at byte \(offset), \(problem); download or convert it again"
        case .unsupportedGGUF(let problem):
            "this GGUF file is not supported: \(problem)"
        case .invalidPackedFile(let problem):
            "not a usable packed file: \(problem); make it again with tokenmark convert"
        case .invalidModelFile(let path, let line, let problem):
            "\(path) cannot be used: \(line.map { "in line \($0), " } ?? "")\(problem); download it again"
        case .unsupportedModel(let path, let problem):
            "\(path) is not supported: \(problem)"
        case .unusableValue(let path, let problem):
            "\(path) cannot be used: \(problem)"
        case .invalidTokenizer(let problem):
            "the tokenizer cannot be used: \(problem)"
        case .noTokenizer(let path):
            "there is no tokenizer in \(path): it has neither tokenizer.json nor qwen.tiktoken nor "
                + "vocab.json with merges.txt; put those of the model there"
        case .unknownToken(let id, let vocabularySize):
            "token \(id) is not in the vocabulary of \(vocabularySize)"
        case .tokenWithoutRow(let id, let rows):
            "the text has the token \(id), and the model rows for only \(rows): the token was added "
                + "without one, or the tokenizer is another model's; leave it out of the text"
        case .unwritableByte(let byte):
            "the model's vocabulary cannot write the byte \(byte) of the text; leave that character out"
        case .invalidSampling(let option, let problem):
            "--\(String(option.map { $0 == "_" ? "-" : $0 })) \(problem)"
        case .logitsNotFinite(let position):
            "the model's logits \(position.map { "at position \($0) " } ?? "")are not numbers: the weights are broken, or the numbers "
                + "overflow on their way, which they do least in --precision f32"
        case .weightTooLarge(let tensor, let column):
            "\(tensor), column \(column) is too large for int4; choose another --precision"
        case .weightsNotFinite(let tensor, let column):
            "the weights are broken: \(tensor), column \(column) is not a number (NaN or infinite); "
                + "download or convert the model again"
        }
    }

    /// Whether it says that a cell cannot run on this machine, rather than that something broke.
    package var saysItCannotRunHere: Bool {
        switch self {
        case .doesNotFit, .contextTooLong, .cacheTooLong, .tooLarge: true
        default: false
        }
    }

    /// Bytes as GiB with two decimals, which needs no locale.
    private static func gibibytes(_ bytes: Int) -> String {
        let hundredths = bytes / ((1 << 30) / 100)
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) GiB"
    }
}
