package import Qwen
package import Sweep

/// How large a preset is in one precision, and how much of it fits a memory.
package struct ModelSize {
    /// What shall fit in how much memory, worked on by how many threads.
    package struct Room {
        package let bytes: Int
        package let workers: Int
        package let pair: LengthPair
        /// nil for the one that belongs to the precision.
        package let cache: CachePrecision?

        package init(bytes: Int, workers: Int, pair: LengthPair, cache: CachePrecision?) {
            self.bytes = bytes
            self.workers = workers
            self.pair = pair
            self.cache = cache
        }
    }

    package let model: ModelConfiguration
    package let precision: Precision
    package let weightBytes: Int
    /// Bytes of KV cache that each token of a sequence takes.
    package let kvBytesPerToken: Int
    /// Sequences of the pair's lengths at once; nil if not one fits.
    package let largestBatch: Int?
    /// Positions of a single sequence, no more than the model can have; nil if not one fits.
    package let longestSequence: Int?
    /// Why one of the two above is missing; nil if none is.
    package let reason: String?

    /// - Throws: `QwenError.tooLarge` when a size overflows.
    package init(
        _ model: ModelConfiguration, _ precision: Precision, _ room: Room
    ) throws(QwenError) {
        func estimate(batch: Int, capacity: Int) throws(QwenError) -> Qwen.MemoryEstimate {
            try Qwen.MemoryEstimate(
                model, precision: precision, cache: room.cache, batch: batch, capacity: capacity,
                workers: room.workers)
        }
        self.model = model
        self.precision = precision
        // The cache comes in panels of several tokens; so many fill them.
        let tokens = 1024
        let sample = try estimate(batch: 1, capacity: tokens)
        weightBytes = sample.weightBytes
        kvBytesPerToken = sample.kvCacheBytes / tokens

        let positions = room.pair.input + room.pair.output
        longestSequence = try Self.largest(upTo: model.maximumPositions) {
            (capacity) throws(QwenError) in
            try estimate(batch: 1, capacity: capacity).totalBytes <= room.bytes
        }
        guard positions <= model.maximumPositions else {
            largestBatch = nil
            reason =
                "\(positions) positions are more than the \(model.maximumPositions) that the "
                + "model can have"
            return
        }
        largestBatch = try Self.largest(upTo: Grid.mostCells) { (batch) throws(QwenError) in
            try estimate(batch: batch, capacity: positions).totalBytes <= room.bytes
        }
        let needed = try estimate(batch: 1, capacity: positions).totalBytes
        reason =
            largestBatch == nil
            ? "one sequence needs \(needed) bytes with the weights, and \(room.bytes) are there"
            : nil
    }

    /// The largest number from 1 to `limit` that fits, if larger ones never fit where one does not.
    private static func largest(
        upTo limit: Int, fits: (Int) throws(QwenError) -> Bool
    ) throws(QwenError) -> Int? {
        var fitting = 0
        var beyond = limit + 1
        while beyond - fitting > 1 {
            let middle = fitting + (beyond - fitting) / 2
            if try fits(middle) { fitting = middle } else { beyond = middle }
        }
        return fitting > 0 ? fitting : nil
    }
}
