import Glibc
import Qwen
import Testing

@Suite struct LogSoftmaxTests {
    private func listed(_ logits: [Float], _ count: Int) throws -> [LogProbability] {
        var list = [LogProbability(token: 99, value: 0)]
        try logits.withUnsafeBufferPointer {
            try LogSoftmax($0).appendMostProbable(count, to: &list)
        }
        #expect(list[0].token == 99, "what was there stays")
        return Array(list.dropFirst())
    }

    /// Exponentials 1, 2 and 5: the shares are 1/8, 1/4 and 5/8.
    @Test func itIsTheLogarithmOfTheShare() throws {
        let logits: [Float] = [0, Float(log(2.0)), Float(log(5.0))]
        try logits.withUnsafeBufferPointer {
            let softmax = try LogSoftmax($0)
            for (token, share) in [0.125, 0.25, 0.625].enumerated() {
                #expect(abs(softmax[token] - log(share)) < 1e-7)
            }
        }
    }

    /// Far from 0 nothing overflows, and two that are equal have a half each.
    @Test func largeLogitsDoNotOverflow() throws {
        try [Float(3e38), 3e38, -3e38].withUnsafeBufferPointer {
            let softmax = try LogSoftmax($0)
            #expect(softmax[0] == -log(2.0))
            #expect(softmax[2] < -1e38)
        }
    }

    @Test func theMostProbableAreInOrderAndLowerIdsFirstAmongEquals() throws {
        let logits: [Float] = [1, 4, 2, 4, 3, 2, -1]
        #expect(try listed(logits, 0) == [])
        #expect(try listed(logits, 1).map(\.token) == [1])
        #expect(try listed(logits, 5).map(\.token) == [1, 3, 4, 2, 5])
        #expect(try listed(logits, 4).map(\.token) == [1, 3, 4, 2])
        #expect(try listed(logits, 20).map(\.token) == [1, 3, 4, 2, 5, 0, 6])
        let values = try listed(logits, 20).map(\.value)
        #expect(values == values.sorted(by: >))
        #expect(abs(values.reduce(0) { $0 + exp(Double($1)) } - 1) < 1e-6)
    }

    @Test func logitsThatAreNoNumbersAreAnError() {
        for logits: [Float] in [[1, .nan], [.infinity, 1], [1, -.infinity]] {
            #expect(throws: QwenError.logitsNotFinite(position: 7)) {
                try logits.withUnsafeBufferPointer {
                    (buffer) throws(QwenError) in _ = try LogSoftmax(buffer, position: 7)
                }
            }
        }
    }
}
