import Qwen

extension Sampler {
    /// The token that it chooses from these logits, which stay as they are.
    mutating func next(_ logits: [Float], excluding excluded: [Int] = []) throws -> Int {
        var logits = logits
        var ranking = TokenHeap(vocabularySize: logits.count)
        return try logits.withUnsafeMutableBufferPointer {
            (buffer) throws(QwenError) -> Int in
            try next(buffer, ranking: &ranking, excluding: excluded)
        }
    }
}
