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

/// Where in a rank's slice things lie.
struct RankSlice {
    let workers: Int
    let width: Int
    /// Of the speaker's slice: how often it has added up all hosts, and how often it has talked to them.
    let totalsOffset: Int
    let talksOffset: Int
    let choicesOffset: Int
    let sumsOffset: Int
    /// Bytes of one of the two buffers.
    let sumsByteCount: Int
    let byteCount: Int

    /// - Parameters:
    ///   - rows: of the largest step.
    ///   - width: of the residual stream, in whole panels.
    ///   - wanted: rows of a step whose logits are wanted, at most.
    init(workers: Int, rows: Int, width: Int, wanted: Int) {
        self.workers = workers
        self.width = width
        totalsOffset = workers * FutexWord.byteCount
        talksOffset = totalsOffset + FutexWord.byteCount
        choicesOffset = talksOffset + FutexWord.byteCount
        sumsOffset = (choicesOffset + wanted * MemoryLayout<Choice>.stride)
            .roundedUp(toMultipleOf: FutexWord.byteCount)
        sumsByteCount = (rows * width * MemoryLayout<Float>.stride)
            .roundedUp(toMultipleOf: FutexWord.byteCount)
        byteCount = sumsOffset + 2 * sumsByteCount
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
