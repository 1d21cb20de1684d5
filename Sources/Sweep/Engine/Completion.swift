import Basics
package import Measurement

/// What a batch in lock step generated: how much, and a mark to tell whether it was the same.
package struct Completion: Equatable, Sendable {
    /// Generated tokens of each sequence.
    package var tokenCounts: [Int]
    /// FNV-1a over the ids of every sequence; equal ids give equal hashes on every machine.
    package var outputHash: UInt64

    /// Counts and hashes the generated ids, one array a sequence.
    ///
    /// FNV-1a is fed with the length of each sequence and its ids as 64-bit little-endian integers.
    package init(sequences: some Sequence<[some FixedWidthInteger]>) {
        tokenCounts = []
        var mark = FNV1a()
        for ids in sequences {
            tokenCounts.append(ids.count)
            mark.combine(UInt64(ids.count))
            for id in ids { mark.combine(UInt64(truncatingIfNeeded: id)) }
        }
        outputHash = mark.value
    }
}

extension Observation {
    /// A batch that ran in lock step, and what it generated.
    ///
    /// A sequence that has fewer tokens than there are steps has those of the first of them.
    ///
    /// - Parameter inputTokens: Of each prompt.
    package init(lockStep trace: Trace, inputTokens: Int, _ completion: Completion) {
        self.init(
            batch: trace,
            inputs: Array(repeating: inputTokens, count: completion.tokenCounts.count), completion)
    }

    /// A batch whose prompts and answers may differ in length.
    ///
    /// - Parameter inputs: Tokens of each prompt, one for each sequence.
    package init(batch trace: Trace, inputs: [Int], _ completion: Completion) {
        let counts = completion.tokenCounts
        self.init(
            lockStep: trace, sequences: max(1, counts.count), inputTokens: inputs.first ?? 0,
            outputTokens: counts.max() ?? 0, outputHash: completion.outputHash)
        guard let whole = requests.first,
            zip(inputs, counts).contains(where: {
                $0 != whole.inputTokens || $1 != whole.outputTokens
            })
        else { return }
        copies = 1
        requests = zip(inputs, counts).map { input, count in
            var request = whole
            request.inputTokens = input
            if trace.stampsSteps {
                request.events.removeLast(max(0, request.events.count - count))
                // Nothing of it is left running after its last token.
                if count < whole.outputTokens { request.end = request.events.last?.time }
            } else {
                request.events =
                    count > 0
                    ? [RequestTrace.Event(time: trace.callEnd ?? 0, tokens: count)] : []
                request.isEndKnown = count == whole.outputTokens
            }
            return request
        }
    }
}
