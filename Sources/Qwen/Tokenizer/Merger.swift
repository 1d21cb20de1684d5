/// Merges the bytes of one piece into tokens: always the pair of lowest rank, the leftmost first.
///
/// A heap of candidate pairs over a linked list takes O(n log n), so a long run of one letter
/// costs no more than other text.
struct Merger {
    private struct Node {
        var token: Int32
        var previous: Int32
        var next: Int32
    }

    /// A pair that may have been merged away since; then its tokens no longer stand there.
    private struct Candidate: Comparable {
        let rank: Int32
        let position: Int32
        let left: Int32
        let right: Int32

        static func < (first: Candidate, second: Candidate) -> Bool {
            (first.rank, first.position) < (second.rank, second.position)
        }
    }

    private let vocabulary: Vocabulary
    private var nodes: [Node] = []
    private var heap: [Candidate] = []

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// Appends the tokens of `bytes` to `tokens`.
    ///
    /// - Throws: `QwenError.unwritableByte` for a byte the vocabulary has no token for.
    mutating func merge(
        _ bytes: some Collection<UInt8>, into tokens: inout [Int]
    ) throws(QwenError) {
        nodes.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
        for byte in bytes {
            let index = Int32(nodes.count)
            let token = vocabulary.byteTokens[Int(byte)]
            guard token >= 0 else { throw .unwritableByte(byte) }
            nodes.append(Node(token: token, previous: index - 1, next: index + 1))
        }
        guard !nodes.isEmpty else { return }
        nodes[nodes.count - 1].next = -1
        for position in nodes.indices.dropLast() { consider(Int32(position)) }
        while let candidate = popSmallest() { apply(candidate) }
        var position: Int32 = 0
        while position >= 0 {
            tokens.append(Int(nodes[Int(position)].token))
            position = nodes[Int(position)].next
        }
    }

    /// Adds the pair that begins at a node, if it merges.
    private mutating func consider(_ position: Int32) {
        let node = nodes[Int(position)]
        guard node.next >= 0 else { return }
        let right = nodes[Int(node.next)].token
        let pair = Vocabulary.Pair(left: node.token, right: right)
        guard let merge = vocabulary.merges[pair] else { return }
        push(Candidate(rank: merge.rank, position: position, left: node.token, right: right))
    }

    private mutating func apply(_ candidate: Candidate) {
        let position = Int(candidate.position)
        let node = nodes[position]
        guard node.token == candidate.left, node.next >= 0,
            nodes[Int(node.next)].token == candidate.right,
            let merge = vocabulary.merges[
                Vocabulary.Pair(left: candidate.left, right: candidate.right)]
        else { return }
        let removed = Int(node.next)
        let next = nodes[removed].next
        nodes[position].token = merge.token
        nodes[position].next = next
        nodes[removed].token = -1
        if next >= 0 { nodes[Int(next)].previous = candidate.position }
        if node.previous >= 0 { consider(node.previous) }
        consider(candidate.position)
    }

    // A binary heap, smallest first.

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func popSmallest() -> Candidate? {
        guard let smallest = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return smallest }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return smallest }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < heap[parent] else { return smallest }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
