/// The chunks of one input and the memory they view.
///
/// Rows lie sequence by sequence; a chunk takes the next rows whatever sequence they belong to.
final class ChunkBuffer {
    /// Rows of each sequence.
    let lengths: [Int]
    /// The position of the first of them.
    let starts: [Int]
    let isPrompt: Bool
    let tokens: UnsafeMutableBufferPointer<Int32>
    private let first: UnsafeMutablePointer<Int32>
    let chunks: [Chunk]

    /// - Parameters:
    ///   - starts: the position of each sequence's first row.
    ///   - isPrompt: false for one token of each sequence.
    init(lengths: [Int], starts: [Int], maximumRows: Int, isPrompt: Bool) {
        self.lengths = lengths
        self.starts = starts
        self.isPrompt = isPrompt
        let total = lengths.reduce(0, +)
        first = .allocate(capacity: total)
        first.initialize(repeating: 0, count: total)
        tokens = UnsafeMutableBufferPointer(start: first, count: total)
        var chunks: [Chunk] = []
        for start in stride(from: 0, to: total, by: maximumRows) {
            let end = min(start + maximumRows, total)
            let segments = Self.segments(lengths, starts, rows: start..<end)
            let buffer = UnsafeMutableBufferPointer<Chunk.Segment>.allocate(
                capacity: segments.count)
            _ = buffer.initialize(from: segments)
            chunks.append(
                Chunk(
                    tokens: first + start,
                    rowCount: end - start,
                    segments: buffer,
                    isPrompt: isPrompt,
                    endsInput: end == total))
        }
        self.chunks = chunks
    }

    deinit {
        for chunk in chunks { chunk.segments.deallocate() }
        first.deallocate()
    }

    /// Cuts a range of all rows at the borders of sequences.
    private static func segments(
        _ lengths: [Int], _ starts: [Int], rows: Range<Int>
    ) -> [Chunk.Segment] {
        var segments: [Chunk.Segment] = []
        var sequenceStart = 0
        for (sequence, length) in lengths.enumerated() {
            let part = rows.clamped(to: sequenceStart..<sequenceStart + length)
            if !part.isEmpty {
                segments.append(
                    Chunk.Segment(
                        sequence: sequence,
                        firstRow: part.lowerBound - rows.lowerBound,
                        rowCount: part.count,
                        firstPosition: starts[sequence] + part.lowerBound - sequenceStart,
                        endsInput: part.upperBound == sequenceStart + length))
            }
            sequenceStart += length
        }
        return segments
    }
}
