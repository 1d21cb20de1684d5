internal import Qwen

/// Memory in which tokens are chosen, one after the other.
final class SamplingScratch {
    var ranking: TokenHeap
    /// (vocabulary) logits that may be changed, where the others are still wanted.
    private let copy: UnsafeMutableBufferPointer<Float>

    init(vocabularySize: Int) {
        ranking = TokenHeap(vocabularySize: vocabularySize)
        copy = .allocate(capacity: vocabularySize)
        copy.initialize(repeating: 0)
    }

    deinit {
        copy.deallocate()
    }

    /// The same logits, to be changed; what was copied before is lost.
    func copy(of logits: UnsafeMutableBufferPointer<Float>) -> UnsafeMutableBufferPointer<Float> {
        _ = copy.update(fromContentsOf: logits)
        return copy
    }
}
