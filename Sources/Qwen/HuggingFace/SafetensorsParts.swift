internal import Foundation

/// The files of weights in a directory that has neither one whole file nor an index.
enum SafetensorsParts {
    /// `model-00001-of-00003.safetensors` and its siblings, which must all be there.
    ///
    /// - Throws: `QwenError.unsupportedModel` saying what is there in their place.
    static func names(in directory: String) throws(QwenError) -> [String] {
        let all = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
        let parts = all.compactMap { name in part(name).map { (name: name, part: $0) } }
        guard let count = parts.first?.part.count else {
            throw QwenError.unsupportedModel(path: directory, problem: absence(all))
        }
        let numbers = parts.map(\.part.number)
        guard parts.allSatisfy({ $0.part.count == count }), numbers == Array(1...count) else {
            throw QwenError.unsupportedModel(
                path: directory,
                problem: "it has parts \(numbers.map(String.init).joined(separator: ", ")) of "
                    + "\(count) of the weights; download the others too")
        }
        return parts.map(\.name)
    }

    private static func part(_ name: String) -> (number: Int, count: Int)? {
        let words = name.split(separator: "-")
        guard words.count == 4, words[0] == "model", words[2] == "of",
            words[3].hasSuffix(".safetensors"), let number = Int(words[1]),
            let count = Int(words[3].dropLast(".safetensors".count)), 1...99_999 ~= count
        else { return nil }
        return (number, count)
    }

    private static func absence(_ names: [String]) -> String {
        let others = names.filter {
            $0.hasSuffix(".safetensors") && $0 != "adapter_model.safetensors"
        }
        if let other = others.first {
            return others.count == 1
                ? "its safetensors are called \(other); rename it to model.safetensors"
                : "its safetensors are called \(other) and so on; rename them to "
                    + "model-00001-of-\(others.count.partNumber).safetensors and so on"
        }
        if let pickle = names.first(where: { $0.hasPrefix("pytorch_model") }) {
            return "its weights are pickles (\(pickle)), and reading a pickle runs the code in it; "
                + "download the model's safetensors, or load it with transformers and "
                + "save_pretrained(…, safe_serialization=True)"
        }
        if names.contains("adapter_model.safetensors") {
            return "it is an adapter (LoRA), no whole model; merge it into its base with "
                + "merge_and_unload()"
        }
        if let gguf = names.first(where: { $0.hasSuffix(".gguf") }) {
            return "it has no safetensors; name the GGUF file in it: \(gguf)"
        }
        return
            "it has neither model.safetensors nor model.safetensors.index.json; download them too"
    }
}
