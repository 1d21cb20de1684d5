import TestSupport

@testable import Qwen

/// A vocabulary of the bytes, "he", "hel", "中" and two added tokens, in the forms of Hugging Face.
enum TinyTokenizer {
    static let ranked: [[UInt8]] =
        (0...255).map { [UInt8($0)] } + [
            Array("he".utf8), Array("hel".utf8), [0xe4, 0xb8], Array("中".utf8),
        ]
    static let merges = ["h e", "he l", "ä ¸", "ä¸ Ń"]

    static func texts(extra: [String] = []) -> [String] {
        ranked.map { bytes in
            bytes.map { GGUFWriter.byteTexts[Int($0)] }.joined()
        } + extra
    }

    static var rankLines: [String] {
        ranked.enumerated().map { "\(base64($1)) \($0)" }
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = Array(bytes[start..<min(start + 3, bytes.count)])
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[$1]) : 0) }
            for digit in 0..<4 {
                text +=
                    digit <= group.count ? String(alphabet[bits >> (18 - 6 * digit) & 63]) : "="
            }
        }
        return text
    }

    static func quoted(_ text: String) -> String {
        "\""
            + text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
            .joined() + "\""
    }

    static func vocabulary(_ texts: [String] = texts()) -> String {
        "{"
            + texts.enumerated().map { "\(quoted($1)): \($0)" }.joined(separator: ",\n") + "}"
    }

    static let qwenSplit =
        #"{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]"#
        + #"?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"#
        + #" "behavior": "Isolated", "invert": false}"#
    static let byteLevel =
        #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}"#
    static let added =
        #"[{"id": 260, "content": "<|end|>", "special": true},"#
        + #" {"id": 261, "content": "<tool>", "special": false}]"#

    /// The members of a `tokenizer.json`.
    static let document: [String: String] = [
        "normalizer": #"{"type": "NFC"}"#,
        "added_tokens": added,
        "pre_tokenizer":
            #"{"type": "Sequence", "pretokenizers": [\#(qwenSplit), \#(byteLevel)]}"#,
        "post_processor": byteLevel,
        "decoder": byteLevel,
        "model": model(),
    ]

    static func model(
        vocabulary: String = vocabulary(),
        merges: String = "[" + merges.map(quoted).joined(separator: ", ") + "]",
        more: String = ""
    ) -> String {
        #"{"type": "BPE", "dropout": null, "vocab": \#(vocabulary), "merges": \#(merges)\#(more)}"#
    }

    static func text(_ members: [String: String]) -> String {
        "{"
            + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
            .joined(separator: ",\n") + "}"
    }
}
