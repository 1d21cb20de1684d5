import FoundationEssentials
import Measurement
import Sweep

/// Why a line does not say what it must.
struct LineError: Error {
    var what: String
}

extension SampleLine {
    init(parsing line: Data) throws(LineError) {
        do {
            self = try JSONDecoder().decode(SampleLine.self, from: line)
        } catch {
            throw LineError(what: "not a line of samples: \(Self.cause(of: error))")
        }
    }

    /// The point, if its sizes are possible ones.
    func checkedPoint() throws(LineError) -> Point {
        for size in [batch, inputTokens, outputTokens]
        where size < 1 || size > Grid.largestValue {
            throw LineError(what: "\(size) is not a size of a point")
        }
        let lengths =
            mix.map { LengthPair($0.input, $0.output) } ?? LengthPair(inputTokens, outputTokens)
        let found = Point(batch: batch, lengths, setting: setting ?? [:])
        guard found.id == point else {
            throw LineError(what: "point \"\(point)\" has the sizes of \(found.id)")
        }
        return found
    }

    /// The repetition, checked as the runner checks one.
    func checkedRepetition() throws(LineError) -> Repetition {
        let point = try checkedPoint()
        guard let repetition, repetition >= 0, let seed = Self.number(seed), let method, let calls
        else { throw LineError(what: "a repetition without index, seed, method or calls") }
        var hash: UInt64?
        if let outputHash {
            hash = Self.number(outputHash)
            guard hash != nil else {
                throw LineError(what: "the mark \"\(outputHash)\" is not hexadecimal")
            }
        }
        var observations: [Observation] = []
        for (index, call) in calls.enumerated() {
            // The mark is that of the last call.
            let isLast = index == calls.count - 1
            var shape = point.shape
            if !isLast { shape.outputLength = 1 }
            do {
                observations.append(
                    try call.observation(of: shape, outputHash: isLast ? hash : nil))
            } catch {
                throw LineError(what: error.description)
            }
        }
        let read: Repetition.Calls
        switch (method, observations.count) {
        case (.detail, 1): read = .detail(observations[0])
        case (.normal, 2): read = .normal(one: observations[0], all: observations[1])
        default: throw LineError(what: "\(calls.count) calls of the method \(method.rawValue)")
        }
        do {
            var whole = try Repetition(point: point, index: repetition, seed: seed, calls: read)
            whole.costs = costs
            whole.roof = roof
            whole.conditions = conditions?.list ?? []
            whole.energy = energy
            whole.memoryEstimate = memoryEstimate
            whole.memoryUse = memoryUse
            return whole
        } catch {
            throw LineError(what: error.description)
        }
    }

    private static func number(_ digits: String?) -> UInt64? {
        digits.flatMap { UInt64($0, radix: 16) }
    }

    /// The short part of what a decoder says.
    static func cause(of error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? context.debugDescription
                : "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\": "
                    + context.debugDescription
        default: String(describing: error)
        }
    }
}
