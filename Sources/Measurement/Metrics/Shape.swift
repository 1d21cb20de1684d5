/// The three sizes of a call: how many sequences, how many tokens in, how many tokens out.
public struct Shape: Hashable, Sendable {
    /// Sequences that run in lock step.
    public var batch: Int
    /// Tokens of each prompt.
    public var inputLength: Int
    /// Tokens to generate for each sequence.
    public var outputLength: Int

    /// Takes the sizes.
    public init(batch: Int, inputLength: Int, outputLength: Int) {
        self.batch = batch
        self.inputLength = inputLength
        self.outputLength = outputLength
    }
}
