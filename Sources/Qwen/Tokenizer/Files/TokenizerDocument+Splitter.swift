internal import JSON

extension TokenizerDocument {
    /// Where a text is cut, as one string for each kind of pre-tokenizer that there is.
    private enum Step: Equatable {
        /// A regular expression whose matches are pieces.
        case split(String)
        case singleDigits
        /// The byte alphabet, perhaps after GPT-2's pattern.
        case bytes(splits: Bool)
    }

    static let contractions = "'s|'t|'re|'ve|'m|'ll|'d"
    static let gpt2Pattern =
        contractions + #"| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    static func qwenPattern(numbers: String) -> String {
        "(?i:\(contractions))" + #"|[^\r\n\p{L}\p{N}]?\p{L}+|"# + numbers
            + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }

    /// One after the other, each within the parts that the others left.
    static let llamaCppPatterns = [
        #"[\p{P}$+<=>^~|]+"#, gpt2Pattern, #"\p{N}+"#, "[0-9][0-9][0-9]",
    ]

    private static let known: [(steps: [Step], splitter: Splitter)] = [
        ([.split(qwenPattern(numbers: #"\p{N}"#)), .bytes(splits: false)], .qwen2),
        ([.split(qwenPattern(numbers: #"\p{N}{1,3}"#)), .bytes(splits: false)], .llama3),
        ([.split(gpt2Pattern), .bytes(splits: false)], .gpt2),
        ([.bytes(splits: true)], .gpt2),
        ([.singleDigits, .bytes(splits: true)], .smollm),
        ([.singleDigits, .split(gpt2Pattern), .bytes(splits: false)], .smollm),
        ([.split(#"\p{N}"#), .bytes(splits: true)], .smollm),
        ([.split(#"\p{N}"#), .split(gpt2Pattern), .bytes(splits: false)], .smollm),
        (llamaCppPatterns.map(Step.split) + [.bytes(splits: false)], .llamaCpp),
    ]

    func splitter() throws(QwenError) -> Splitter {
        let preTokenizer = json["pre_tokenizer"]
        let parts =
            preTokenizer?["type"]?.string == "Sequence"
            ? preTokenizer?["pretokenizers"]?.array : preTokenizer.map { [$0] }
        var steps: [Step] = []
        for part in parts ?? [] { steps.append(try step(part)) }
        guard let match = Self.known.first(where: { $0.steps == steps }) else {
            let text = steps.map { "\($0)" }.joined(separator: ", ")
            throw file.unsupported(
                "its pre_tokenizer is not one of Qwen's, Llama 3's, GPT-2's and SmolLM's: "
                    + (text.isEmpty ? "there is none" : text))
        }
        return match.splitter
    }

    private func step(_ json: JSON) throws(QwenError) -> Step {
        let kind = json["type"]?.string ?? ""
        let options = FileValues(json, of: "its pre_tokenizer \(kind)", in: file)
        switch kind {
        case "Split":
            guard let pattern = json["pattern"]?["Regex"]?.string else { break }
            guard json["behavior"]?.string == "Isolated", try options.boolean("invert") != true
            else {
                throw file.unsupported("its pre_tokenizer drops or joins what '\(pattern)' finds")
            }
            return .split(pattern)
        case "Digits":
            guard try options.boolean("individual_digits") == true else { break }
            return .singleDigits
        case "ByteLevel":
            guard try options.boolean("add_prefix_space") != true else {
                throw file.unsupported("its pre_tokenizer puts a blank before the text")
            }
            return .bytes(splits: try options.boolean("use_regex") ?? true)
        default: break
        }
        throw file.unsupported("its pre_tokenizer has an unknown step '\(kind)'")
    }
}
