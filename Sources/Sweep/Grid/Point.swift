package import Measurement

/// One cell of the grid: ordered named parameters, and typed views of those that every point has.
package struct Point: Hashable, Sendable, CustomStringConvertible {
    package private(set) var parameters: Parameters

    package init(
        batch: Int, inputLength: Int, outputLength: Int, setting: Parameters = [:]
    ) {
        self.init(batch: batch, LengthPair(inputLength, outputLength), setting: setting)
    }

    package init(batch: Int, _ lengths: LengthPair, setting: Parameters = [:]) {
        parameters = [
            .batch: .count(batch),
            .input: Self.value(lengths.input, lengths.mix?.input),
            .output: Self.value(lengths.output, lengths.mix?.output),
        ]
        parameters = parameters.with(setting: setting)
    }

    /// The same lengths and setting with another batch.
    func with(batch: Int) -> Point {
        var point = self
        point.parameters[.batch] = .count(batch)
        return point
    }

    private static func value(_ length: Int, _ lengths: LengthDistribution?) -> ParameterValue {
        guard let lengths, !lengths.isFixed else { return .count(length) }
        return .lengths(lengths)
    }

    package var batch: Int { size(.batch) }
    /// The largest, where they differ from request to request.
    package var inputLength: Int { size(.input) }
    package var outputLength: Int { size(.output) }

    /// Both lengths, and how they differ.
    package var lengths: LengthPair {
        func lengths(_ parameter: Parameter) -> LengthDistribution {
            if case .lengths(let lengths)? = parameters[parameter] { return lengths }
            return LengthDistribution(fixed: size(parameter))
        }
        guard isMixed else { return LengthPair(inputLength, outputLength) }
        return LengthPair(lengths(.input), lengths(.output))
    }

    /// Whether requests differ in their lengths.
    package var isMixed: Bool {
        [Parameter.input, .output].contains {
            if case .lengths? = parameters[$0] { true } else { false }
        }
    }

    package var shape: Shape {
        Shape(batch: batch, inputLength: inputLength, outputLength: outputLength)
    }

    /// How the machine is used, where the grid varies it.
    package var setting: Parameters {
        get { parameters.setting }
        set { parameters = parameters.with(setting: newValue) }
    }

    /// A name that stays the same from run to run, such as `b4-i256-o256`, or `b4-i256-o256-t2-local`
    /// where the grid varies the machine.
    package var id: String { parameters.id ?? "" }

    package var description: String { id }

    private func size(_ parameter: Parameter) -> Int { parameters[parameter]?.count ?? 0 }
}
