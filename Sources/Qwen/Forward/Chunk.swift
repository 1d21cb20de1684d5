/// The rows that one forward pass takes through all layers: a piece of the prompts, or one token
/// of every sequence.
///
/// A trivial view of buffers that the session owns.
struct Chunk {
    /// Consecutive rows of one sequence.
    struct Segment {
        let sequence: Int
        let firstRow: Int
        let rowCount: Int
        /// Position in its sequence of the first row.
        var firstPosition: Int
        /// Whether its last row is the last of what was asked, so that its logits are wanted.
        let endsInput: Bool
    }

    /// (rowCount) token ids.
    let tokens: UnsafeMutablePointer<Int32>
    let rowCount: Int
    let segments: UnsafeMutableBufferPointer<Segment>
    /// Whether the rows are those of prompts, however short; otherwise every segment is one token.
    let isPrompt: Bool
    /// Whether the logits are computed after this chunk.
    let endsInput: Bool
}
