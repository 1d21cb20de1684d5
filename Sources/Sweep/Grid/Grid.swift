package import Measurement

/// What the user asks to be measured: axes, repetitions and the way to time.
///
/// A grid may say anything; ``expand()`` is where it must make sense.
package struct Grid: Equatable, Sendable {
    /// Batch sizes, the outer axis.
    package var batches: [Int]
    /// Input and output lengths, the inner axis.
    package var pairs: [LengthPair]
    /// How the machine is used, where that is varied too; the outermost axes.
    package var settings = SettingAxes()
    /// Measured runs of each point; where ``convergence`` is given, the fewest.
    package var repetitions: Int
    /// Repeats each point until it is known well enough.
    package var convergence: Convergence?
    /// Runs at the largest sizes of the grid before the first point.
    package var warmup: Int
    /// Whether each point is run before its first repetition, until its time is flat.
    package var warmsUpUntilFlat = false
    /// Whether the repetitions go round the points, so that drift hits all alike.
    package var isInterleaved = false
    /// Whether each round of interleaved repetitions has a process of its own.
    package var restartsEveryRound = false
    /// Runs of the cheapest point, first and last, that tell whether the machine drifted.
    package var controlRuns = 0
    /// What prompts are made of.
    package var prompts = PromptSource.random(prefixTokens: 0)
    /// Whether answers are as long as those of the listed prompts.
    package var takesListedAnswers = false
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
        try product(
            inputs: inputs.map { LengthDistribution(fixed: $0) },
            outputs: outputs.map { LengthDistribution(fixed: $0) })
    }

    /// The same for lengths that differ from request to request.
    package static func product(
        inputs: [LengthDistribution], outputs: [LengthDistribution]
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

    /// The nominal confidence of an interval that holds the median of a point in 95 % of such sweeps.
    package var intervalConfidence: Double { convergence == nil ? 0.95 : Convergence.confidence }

    /// The fewest repetitions that have such an interval.
    package var fewestForInterval: Int {
        convergence == nil ? Statistics.fewestForInterval : Convergence.fewestRepetitions
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
    /// Lays the points out in the order they run: the settings of the machine, for each the batches
    /// as given, and for each of those the pairs as given.
    ///
    /// That is the order of the documents' tables, with what costs most to change outermost. A point
    /// that occurs twice runs once, and the plan notes it.
    package func expand() throws(SweepError) -> Plan {
        try validate()
        // Lengths may be written in two ways and be one point.
        let pairs = Self.withoutRepeats(self.pairs) { Point(batch: 1, $0) }
        var points: [Point] = []
        for setting in Self.withoutRepeats(settings.settings, by: \.self) {
            let cells = pairs.map { Point(batch: 1, $0, setting: setting) }
            for batch in Self.withoutRepeats(batches, by: \.self) {
                points += cells.lazy.map { $0.with(batch: batch) }
            }
        }
        let asked = settings.settings.count * batches.count * self.pairs.count
        var notes =
            asked == points.count
            ? [] : ["\(asked - points.count) of \(asked) cells were asked for twice"]
        let most = batches.max() ?? 0
        if case .listed(let listed) = prompts, listed.count > most {
            notes.append(
                "\(most) of the \(listed.count) prompts of \(listed.path) are asked, the same in every "
                    + "repetition; a larger --batch asks more")
        }
        return Plan(grid: self, points: points, notes: notes)
    }

    /// Axis by axis: a set of all points costs more than the plan.
    private static func withoutRepeats<Value, Key: Hashable>(
        _ values: [Value], by key: (Value) -> Key
    ) -> [Value] {
        var seen: Set<Key> = []
        return values.filter { seen.insert(key($0)).inserted }
    }

    private func validate() throws(SweepError) {
        guard !batches.isEmpty else { throw .empty(axis: .batch, text: "", position: 1) }
        guard !pairs.isEmpty else { throw .empty(axis: .pairs, text: "", position: 1) }
        let (cells, overflow) = batches.count.multipliedReportingOverflow(by: pairs.count)
        let settings = self.settings.settingCount ?? .max
        guard !overflow, cells <= Self.mostCells / settings else {
            throw .tooMany(
                axis: .grid,
                text: "\(batches.count) batches x \(pairs.count) length pairs"
                    + (settings > 1 ? " x \(settings) settings of the machine" : ""))
        }
        for (index, batch) in batches.enumerated() {
            try Self.check(batch, of: "\(batch)", at: index + 1, axis: .batch)
        }
        for (index, pair) in pairs.enumerated() {
            try Self.check(pair.input, of: "\(pair)", at: index + 1, axis: .pairs)
            try Self.check(pair.output, of: "\(pair)", at: index + 1, axis: .pairs)
        }
        try Self.check(repetitions, of: "\(repetitions)", at: 1, axis: .repetitions)
        if controlRuns != 0 {
            try Self.check(controlRuns, of: "\(controlRuns)", at: 1, axis: .control)
        }
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
        case batches, pairs, prompts, settings, repetitions, convergence, warmup, seed
        /// What schema version 1 calls the settings.
        case machine
        case warmsUpUntilFlat = "warms_up_until_flat"
        case isInterleaved = "interleaved"
        case restartsEveryRound = "restarts_every_round"
        case controlRuns = "control_runs"
        case takesListedAnswers = "listed_answers"
        case method = "perf_mode"
        case stampsSteps = "stamps_steps"
    }

    /// Reads what any version wrote: what an earlier one did not know was not done.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            batches: try container.decode([Int].self, forKey: .batches),
            pairs: try container.decode([LengthPair].self, forKey: .pairs),
            repetitions: try container.decode(Int.self, forKey: .repetitions),
            warmup: try container.decode(Int.self, forKey: .warmup),
            seed: try container.decode(UInt64.self, forKey: .seed),
            method: try container.decode(TimingMethod.self, forKey: .method),
            stampsSteps: try container.decode(Bool.self, forKey: .stampsSteps))
        settings =
            try container.decodeIfPresent(SettingAxes.self, forKey: .settings)
            ?? container.decodeIfPresent(SettingAxes.self, forKey: .machine) ?? SettingAxes()
        prompts =
            try container.decodeIfPresent(PromptSource.self, forKey: .prompts)
            ?? .random(prefixTokens: 0)
        takesListedAnswers =
            try container.decodeIfPresent(Bool.self, forKey: .takesListedAnswers) ?? false
        convergence = try container.decodeIfPresent(Convergence.self, forKey: .convergence)
        warmsUpUntilFlat =
            try container.decodeIfPresent(Bool.self, forKey: .warmsUpUntilFlat) ?? false
        isInterleaved = try container.decodeIfPresent(Bool.self, forKey: .isInterleaved) ?? false
        restartsEveryRound =
            try container.decodeIfPresent(Bool.self, forKey: .restartsEveryRound) ?? false
        controlRuns = try container.decodeIfPresent(Int.self, forKey: .controlRuns) ?? 0
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(batches, forKey: .batches)
        try container.encode(pairs, forKey: .pairs)
        if prompts != .random(prefixTokens: 0) { try container.encode(prompts, forKey: .prompts) }
        if takesListedAnswers {
            try container.encode(takesListedAnswers, forKey: .takesListedAnswers)
        }
        try container.encode(settings, forKey: .settings)
        try container.encode(repetitions, forKey: .repetitions)
        try container.encodeIfPresent(convergence, forKey: .convergence)
        try container.encode(warmup, forKey: .warmup)
        try container.encode(warmsUpUntilFlat, forKey: .warmsUpUntilFlat)
        try container.encode(isInterleaved, forKey: .isInterleaved)
        try container.encode(restartsEveryRound, forKey: .restartsEveryRound)
        try container.encode(controlRuns, forKey: .controlRuns)
        try container.encode(seed, forKey: .seed)
        try container.encode(method, forKey: .method)
        try container.encode(stampsSteps, forKey: .stampsSteps)
    }
}
