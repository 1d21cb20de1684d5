/// What an engine runs: the part of a report that says what was measured.
package struct EngineIdentity: Codable, Equatable, Sendable {
    /// The program that runs the model, such as `tokenmark`.
    package var engine: String
    /// The model's name, such as `qwen1.5-0.5b`; it becomes part of file names.
    package var model: String
    /// The weights' precision, such as `bf16`.
    package var precision: String
    /// Where it runs, such as `cpu`.
    package var device: String
    /// Nil where the engine does not say.
    package var vocabularySize: Int?
    package var parameterCount: Int?

    package init(
        engine: String = "tokenmark", model: String, precision: String, device: String = "cpu",
        vocabularySize: Int? = nil, parameterCount: Int? = nil
    ) {
        self.engine = engine
        self.model = model
        self.precision = precision
        self.device = device
        self.vocabularySize = vocabularySize
        self.parameterCount = parameterCount
    }

    private enum CodingKeys: String, CodingKey {
        case engine, model, precision, device
        case vocabularySize = "vocabulary_size"
        case parameterCount = "parameter_count"
    }
}
