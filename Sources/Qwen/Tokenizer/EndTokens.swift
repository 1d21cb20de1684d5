/// Which texts of tokens end an answer, whatever the keys of a file say: llama.cpp's list.
enum EndTokens {
    /// Ends of turns and of texts.
    private static let ends: Set<String> = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
        "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
        "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
        "<｜end▁of▁sentence｜>", "[e~[",
    ]
    /// Padding, repository and file marks of prompts with a hole.
    private static let holeEnds: Set<String> = [
        "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>",
        "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
    ]
    /// Marks of prompts with a hole that end nothing.
    private static let holeMarks: Set<String> = [
        "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>",
        "<|code_prefix|>", "<|prefix|>", "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>",
        "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>", "<|suffix|>", "<|fim_middle|>",
        "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>",
        "<|middle|>",
    ]

    /// Whether a GGUF file's token of this text is special whatever its type says.
    static func isAlwaysSpecial(_ text: String) -> Bool {
        ends.contains(text) || holeEnds.contains(text) || holeMarks.contains(text)
    }

    /// The ids of the texts that end an answer.
    static func named(_ tokens: some Sequence<(id: Int, text: String)>) -> Set<Int> {
        var ids: [String: Int] = [:]
        for token in tokens where ends.contains(token.text) || holeEnds.contains(token.text) {
            ids[token.text] = token.id
        }
        func has(_ texts: String...) -> Bool { texts.contains { ids[$0] != nil } }
        // A turn of these formats has several parts, each with its end.
        if has("<|call|>", "<|calls|>"), has("<|return|>", "<|flush|>") { ids["<|end|>"] = nil }
        // Where this one is, `</s>` is markup.
        if has("<|tool_response>") { ids["</s>"] = nil }
        return Set(ids.values)
    }
}
