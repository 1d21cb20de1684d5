package import Measurement

/// What the user asks to be measured: axes, repetitions and the way to time.
///
/// A grid may say anything; ``expand()`` is where it must make sense.
package struct Grid: Equatable, Sendable {
    /// Batch sizes, the outer axis.
    package var batches: [Int]
    /// Input and output lengths, the inner axis.
    package var pairs: [LengthPair]
    /// Measured runs of each point.
    package var repetitions: Int
    /// Runs at the largest sizes of the grid before the first point.
    package var warmup: Int
    /// What every prompt of the sweep is derived from.
    package var seed: UInt64
    /// How the times of the tokens are found.
    package var method: TimingMethod
    /// Whether the steps are stamped; false when `TIMEIT=0`.
    package var stampsSteps: Bool

    /// The largest batch and the largest length: more would be a slip of the keyboard.
    ///
    /// It also keeps the room of a trace (32 bytes a step) and every product of sizes small enough
    /// to be computed without overflow.
    package static let largestValue = 1 << 22

    /// The most points a grid may have.
    package static let mostCells = 100_000

    package init(
        batches: [Int], pairs: [LengthPair], repetitions: Int = 1, warmup: Int = 1,
        seed: UInt64 = 0, method: TimingMethod = .detail, stampsSteps: Bool = true
    ) {
        self.batches = batches
        self.pairs = pairs
        self.repetitions = repetitions
        self.warmup = warmup
        self.seed = seed
        self.method = method
        self.stampsSteps = stampsSteps
    }

    /// Every input length with every output length, the input as the outer loop.
    package static func product(
        inputs: [Int], outputs: [Int]
    ) throws(SweepError) -> [LengthPair] {
        let (count, overflow) = inputs.count.multipliedReportingOverflow(by: outputs.count)
        guard !overflow, count <= mostCells else {
            throw .tooMany(
                axis: .grid, text: "\(inputs.count) input x \(outputs.count) output lengths")
        }
        return inputs.flatMap { input in outputs.map { LengthPair(input, $0) } }
    }

    /// The documents' grid of `min_len_exp` and `max_len_exp`: every pair of powers of two between
    /// 2^minimum and 2^maximum, both included, the input as the outer loop.
    package static func powersOfTwo(
        from minimum: Int, through maximum: Int
    ) throws(SweepError) -> [LengthPair] {
        let largest = largestValue.trailingZeroBitCount
        guard minimum >= 0, maximum >= minimum, maximum <= largest else {
            throw .malformed(
                axis: .exponent, item: "\(minimum)…\(maximum)",
                text: "0 to \(largest)", position: 1)
        }
        let lengths = (minimum...maximum).map { 1 << $0 }
        return try product(inputs: lengths, outputs: lengths)
    }
}

// MARK: - Named grids

extension Grid {
    /// The grids that have a name.
    package enum Name: String, CaseIterable, Sendable {
        /// The grid of the documents' published tables.
        case documents
        /// A few small cells: a 0.5B model on two slow cores ends them within two minutes.
        case quick
    }

    /// Makes the grid of that name.
    package init(_ name: Name) {
        switch name {
        case .documents:
            self.init(
                batches: [1, 2, 4, 8],
                pairs: [256, 512, 1024, 2048].map { LengthPair($0, $0) })
        case .quick:
            self.init(
                batches: [1, 2, 4],
                pairs: [LengthPair(32, 16), LengthPair(128, 32), LengthPair(256, 32)])
        }
    }

    /// Makes the grid that has the name a user wrote.
    package init(named text: String) throws(SweepError) {
        guard let name = Name(rawValue: text) else { throw .unknownGrid(text) }
        self.init(name)
    }
}

// MARK: - Expanding

extension Grid {
    /// Lays the points out in the order they run: batches as given, and for each the pairs as given.
    ///
    /// That is the order of the documents' tables. A point that occurs twice runs once, and the
    /// plan notes it.
    package func expand() throws(SweepError) -> Plan {
        try validate()
        var points: [Point] = []
        var seen: Set<Point> = []
        var duplicates = 0
        for batch in batches {
            for pair in pairs {
                let point = Point(
                    batch: batch, inputLength: pair.input, outputLength: pair.output)
                if seen.insert(point).inserted {
                    points.append(point)
                } else {
                    duplicates += 1
                }
            }
        }
        let notes =
            duplicates == 0
            ? [] : ["\(duplicates) of \(points.count + duplicates) cells were asked for twice"]
        return Plan(grid: self, points: points, notes: notes)
    }

    private func validate() throws(SweepError) {
        guard !batches.isEmpty else { throw .empty(axis: .batch, text: "", position: 1) }
        guard !pairs.isEmpty else { throw .empty(axis: .pairs, text: "", position: 1) }
        let (cells, overflow) = batches.count.multipliedReportingOverflow(by: pairs.count)
        guard !overflow, cells <= Self.mostCells else {
            throw .tooMany(
                axis: .grid, text: "\(batches.count) batches x \(pairs.count) length pairs")
        }
        for (index, batch) in batches.enumerated() {
            try Self.check(batch, of: "\(batch)", at: index + 1, axis: .batch)
        }
        for (index, pair) in pairs.enumerated() {
            try Self.check(pair.input, of: "\(pair)", at: index + 1, axis: .pairs)
            try Self.check(pair.output, of: "\(pair)", at: index + 1, axis: .pairs)
        }
        try Self.check(repetitions, of: "\(repetitions)", at: 1, axis: .repetitions)
        if warmup != 0 { try Self.check(warmup, of: "\(warmup)", at: 1, axis: .warmup) }
    }

    private static func check(
        _ value: Int, of item: String, at position: Int, axis: Axis
    ) throws(SweepError) {
        if value < 1 { throw .notPositive(axis: axis, item: item, position: position) }
        if value > largestValue { throw .tooLarge(axis: axis, item: item, position: position) }
    }
}

extension Grid: Codable {
    private enum CodingKeys: String, CodingKey {
        case batches, pairs, repetitions, warmup, seed
        case method = "perf_mode"
        case stampsSteps = "stamps_steps"
    }
}
