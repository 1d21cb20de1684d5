import Basics
import Measurement

/// The points of a grid in the order they run.
package struct Plan: Equatable, Sendable {
    package let grid: Grid
    /// At least one, each once.
    package let points: [Point]
    /// What the user should know about how the grid was read.
    package let notes: [String]

    init(grid: Grid, points: [Point], notes: [String]) {
        self.grid = grid
        self.points = points
        self.notes = notes
    }

    /// The points that have the same setting of the machine, in the order they run.
    ///
    /// A block is warmed up and watched for drift by itself.
    package var blocks: [[Point]] {
        points.chunked { $0.setting == $1.setting }
    }

    /// The sizes of the warm-up of some points: the largest of each axis, as the documents warm up.
    ///
    /// It need not be a point of the grid.
    package static func warmupPoint(of points: [Point]) -> Point {
        Point(
            batch: points.map(\.batch).max() ?? 1,
            inputLength: points.map(\.inputLength).max() ?? 1,
            outputLength: points.map(\.outputLength).max() ?? 1,
            setting: points.first?.setting ?? [:])
    }

    /// The cheapest of some points, by its tokens; of several the first.
    package static func controlPoint(of points: [Point]) -> Point? {
        points.min { $0.tokens < $1.tokens }
    }

    /// The requests of one repetition of a point, counted from 0; nil for a batch of random prompts that
    /// are alike, which its seed says whole.
    ///
    /// - Throws: ``WorkloadError`` for parts that do not fit together.
    package func requests(
        of point: Point, repetition: Int
    ) throws(WorkloadError) -> [Request]? {
        guard point.isMixed || grid.prompts != .random(prefixTokens: 0) else { return nil }
        let lengths = point.lengths
        let prompts: RequestMix.Prompts
        switch grid.prompts {
        case .random(let prefixTokens):
            prompts = .random(
                lengths: lengths.inputs, prefixTokens: prefixTokens)
        case .listed(let listed):
            prompts = .listed(listed.prompts)
        }
        let answers: RequestMix.Answers =
            grid.takesListedAnswers ? .listed : .drawn(lengths.outputs)
        return try RequestMix(
            prompts: prompts, answers: answers, seeds: WorkloadSeeds(grid.seed)
        ).requests(count: point.batch, repetition: repetition)
    }

    /// The most positions that a sequence of a point takes, input and output together: lengths are the
    /// same in every repetition.
    ///
    /// - Throws: as ``requests(of:repetition:)``.
    func positions(of point: Point) throws(WorkloadError) -> Int {
        let requests = try requests(of: point, repetition: 0)
        return requests?.map { $0.inputLength + $0.outputLimit }.max()
            ?? point.inputLength + point.outputLength
    }

    /// The seed of the prompt of one repetition, counted from 0.
    ///
    /// It depends on the point and not on its place in the plan, so that another grid with the same
    /// point runs the same prompt.
    package func seed(of point: Point, repetition: Int) -> UInt64 {
        var mixer = SplitMix64(seed: grid.seed)
        for value in [point.batch, point.inputLength, point.outputLength, repetition] {
            mixer = SplitMix64(seed: mixer.next() ^ UInt64(truncatingIfNeeded: value))
        }
        return mixer.next()
    }
}

extension Point {
    /// Prompt tokens and steps of all sequences.
    fileprivate var tokens: Int { batch * (inputLength + outputLength) }
}

extension Array {
    /// Cuts where two neighbours do not belong together.
    fileprivate func chunked(by belongTogether: (Element, Element) -> Bool) -> [[Element]] {
        var chunks: [[Element]] = []
        for element in self {
            if let last = chunks.last?.last, belongTogether(last, element) {
                chunks[chunks.count - 1].append(element)
            } else {
                chunks.append([element])
            }
        }
        return chunks
    }
}
