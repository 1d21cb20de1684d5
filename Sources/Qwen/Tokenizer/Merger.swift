/// Merges the bytes of one piece into tokens: always the pair of lowest rank, the leftmost first.
///
/// A heap of candidate pairs over a linked list takes O(n log n), so a long run of one letter
/// costs no more than other text.
struct Merger {
    private struct Node {
        var token: Int32
        var previous: Int
        var next: Int
    }

    /// A pair that may have been merged away since; then its tokens no longer stand there.
    private struct Candidate {
        let merge: PairTable.Merge
        let position: Int
        let left: Int32
        let right: Int32

        static func < (first: Candidate, second: Candidate) -> Bool {
            first.merge.rank != second.merge.rank
                ? first.merge.rank < second.merge.rank : first.position < second.position
        }
    }

    private let vocabulary: Vocabulary
    private var nodes: [Node] = []
    private var heap: [Candidate] = []

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// Appends the tokens of a piece to `tokens`.
    ///
    /// - Throws: `QwenError.unwritableByte` for a byte the vocabulary has no token for.
    mutating func merge(_ piece: Span<UInt8>, into tokens: inout [Int]) throws(QwenError) {
        if let token = vocabulary.wholePieces?.number(of: piece) {
            tokens.append(Int(token))
            return
        }
        try begin(piece)
        while let candidate = popSmallest() { apply(candidate) }
        var position = nodes.isEmpty ? -1 : 0
        while position >= 0 {
            tokens.append(Int(nodes[position].token))
            position = nodes[position].next
        }
    }

    /// One node for each byte, and the pairs of them.
    private mutating func begin(_ piece: Span<UInt8>) throws(QwenError) {
        nodes.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
        for index in piece.indices {
            let token = vocabulary.byteTokens[Int(piece[index])]
            guard token >= 0 else { throw .unwritableByte(piece[index]) }
            let isLast = index == piece.count - 1
            nodes.append(Node(token: token, previous: index - 1, next: isLast ? -1 : index + 1))
        }
        for position in nodes.indices.dropLast() { consider(position) }
    }

    /// Adds the pair that begins at a node, if it merges.
    private mutating func consider(_ position: Int) {
        let node = nodes[position]
        guard node.next >= 0 else { return }
        let right = nodes[node.next].token
        guard let merge = vocabulary.merges[node.token, right] else { return }
        push(Candidate(merge: merge, position: position, left: node.token, right: right))
    }

    private mutating func apply(_ candidate: Candidate) {
        let position = candidate.position
        let node = nodes[position]
        guard node.token == candidate.left, node.next >= 0,
            nodes[node.next].token == candidate.right
        else { return }
        let next = nodes[node.next].next
        nodes[node.next].token = -1
        nodes[position].token = candidate.merge.token
        nodes[position].next = next
        if next >= 0 { nodes[next].previous = position }
        if node.previous >= 0 { consider(node.previous) }
        consider(position)
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
