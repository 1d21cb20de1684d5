internal import Machine

/// A token that a rank would choose; a negative one where it has none.
struct Choice: BitwiseCopyable {
    var token: Int32
    var logit: Float

    /// Becomes the other where that is better: the larger logit, and the lower token among equals.
    mutating func yield(to other: Choice) {
        guard other.token >= 0 else { return }
        if token < 0 || other.logit > logit || (other.logit == logit && other.token < token) {
            self = other
        }
    }
}

/// What a rank has of the vocabulary.
struct VocabularyPart: BitwiseCopyable {
    let first: Int32
    let count: Int32
}

/// Where in a rank's slice things lie.
struct RankSlice {
    let workers: Int
    let width: Int
    /// Of the speaker's slice: how often it has added up all hosts, and how often it has talked to them.
    let totalsOffset: Int
    let talksOffset: Int
    /// What rank 0 says, and what the rank has of the vocabulary.
    let wordsOffset: Int
    let partOffset: Int
    let choicesOffset: Int
    let sumsOffset: Int
    /// Bytes of one of the two buffers.
    let sumsByteCount: Int
    /// (wanted, logits) f32.
    let logitsOffset: Int
    let logitsWidth: Int
    let byteCount: Int

    /// - Parameters:
    ///   - rows: of the largest step.
    ///   - width: of the residual stream, in whole panels.
    ///   - wanted: rows of a step whose logits are wanted, at most.
    ///   - logits: of a row that others read; 0 where they read none.
    init(workers: Int, rows: Int, width: Int, wanted: Int, logits: Int) {
        self.workers = workers
        self.width = width
        totalsOffset = workers * FutexWord.byteCount
        talksOffset = totalsOffset + FutexWord.byteCount
        wordsOffset = talksOffset + FutexWord.byteCount
        partOffset = wordsOffset + 2 * MemoryLayout<UInt32>.stride
        choicesOffset = wordsOffset + FutexWord.byteCount
        sumsOffset = (choicesOffset + wanted * MemoryLayout<Choice>.stride)
            .roundedUp(toMultipleOf: FutexWord.byteCount)
        sumsByteCount = (rows * width * MemoryLayout<Float>.stride)
            .roundedUp(toMultipleOf: FutexWord.byteCount)
        logitsOffset = sumsOffset + 2 * sumsByteCount
        logitsWidth = logits
        byteCount = logitsOffset + wanted * logits * MemoryLayout<Float>.stride
    }
}

/// What a worker of this rank remembers from meeting to meeting.
struct Seat {
    static let stride = 128

    /// How many meetings it has come to, sums it has added to the stream, and talks it has waited for.
    var meetings: UInt32 = 0
    var sums: UInt32 = 0
    var talks: UInt32 = 0
    var waitedNanoseconds: UInt64 = 0
    var bytes = 0

    /// Each on cache lines of its own.
    static func at(_ seats: UnsafeMutableRawPointer, _ index: Int) -> UnsafeMutablePointer<Seat> {
        (seats + index * stride).assumingMemoryBound(to: Seat.self)
    }
}
