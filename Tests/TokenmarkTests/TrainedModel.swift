import Foundation

/// SmolLM2-135M-Instruct, which `scripts/fetch-models` brings.
enum TrainedModel {
    static let path: String = {
        let environment = ProcessInfo.processInfo.environment
        let folder =
            environment["TOKENMARK_MODELS"]
            ?? (environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "") + "/.cache")
            + "/tokenmark"
        return folder + "/SmolLM2-135M-Instruct.Q4_1.gguf"
    }()

    static var isThere: Bool { FileManager.default.fileExists(atPath: path) }
}
