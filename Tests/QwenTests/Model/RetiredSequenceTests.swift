import Testing

@testable import Qwen

/// Sequences of a batch that leave it before the others.
@Suite struct RetiredSequenceTests {
    private static let model = ModelConfiguration(
        name: "retired", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 100,
        maximumPositions: 64, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private static let prompts: [[Int32]] = [[1, 2, 3, 4, 5], [7], [9, 8, 7]]

    /// The tokens of some prompts together, each with so many.
    private func tokens(_ prompts: [[Int32]], _ limits: [Int]) throws -> [[Int32]] {
        let generation = try Generation(
            Self.model, source: RandomTensorSource(Self.model, seed: 1), precision: .int8,
            threads: 2)
        let session = try Session(
            model: generation.model, batch: prompts.count, capacity: 16, availableBytes: nil)
        session.start(promptLengths: prompts.map(\.count))
        prompts.flatMap(\.self).withUnsafeBufferPointer { session.stagePrompts($0) }
        var answers = [[Int32]](repeating: [], count: prompts.count)
        while true {
            session.forward()
            var next: [Int32] = []
            for sequence in prompts.indices where answers[sequence].count < limits[sequence] {
                let token = try session.greedyToken(sequence)
                answers[sequence].append(token)
                if answers[sequence].count < limits[sequence] {
                    next.append(token)
                } else {
                    session.retire(sequence)
                }
            }
            guard !next.isEmpty else { return answers }
            next.withUnsafeBufferPointer { session.stageTokens($0) }
        }
    }

    @Test(arguments: [[2, 6, 4], [6, 1, 3], [1, 1, 5], [4, 4, 4]])
    func theOthersGoOnAsTheyWouldAlone(limits: [Int]) throws {
        let together = try tokens(Self.prompts, limits)
        #expect(together.map(\.count) == limits)
        for (index, prompt) in Self.prompts.enumerated() {
            #expect(try together[index] == tokens([prompt], [limits[index]])[0])
        }
    }
}
