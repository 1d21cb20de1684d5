import Foundation

/// The ranks of Qwen's first generation, which `scripts/fetch-models` brings.
enum QwenVocabulary {
    static let path =
        URL(fileURLWithPath: TrainedModel.path).deletingLastPathComponent()
        .appendingPathComponent("qwen.tiktoken").path

    static var isThere: Bool { FileManager.default.fileExists(atPath: path) }
}
