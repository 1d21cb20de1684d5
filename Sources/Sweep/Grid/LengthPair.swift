/// An input length and an output length that belong together, in tokens.
package struct LengthPair: Hashable, Sendable, CustomStringConvertible {
    /// The largest, where they differ from request to request.
    package var input: Int
    package var output: Int
    /// How they differ; nil where all requests are alike.
    package private(set) var mix: LengthMix?

    package init(_ input: Int, _ output: Int) {
        self.input = input
        self.output = output
    }

    /// Lengths that are drawn for each request; two that are fixed are as if written as numbers.
    package init(_ input: LengthDistribution, _ output: LengthDistribution) {
        self.init(input.largest, output.largest)
        if !input.isFixed || !output.isFixed {
            mix = LengthMix(input: input, output: output)
        }
    }

    /// How the lengths are drawn, also where all requests are alike.
    package var inputs: LengthDistribution {
        mix?.input ?? LengthDistribution(fixed: input)
    }
    package var outputs: LengthDistribution {
        mix?.output ?? LengthDistribution(fixed: output)
    }

    package var description: String {
        mix.map { "\($0.input.mark)x\($0.output.mark)" } ?? "\(input)x\(output)"
    }
}

/// How the lengths of requests are drawn.
package struct LengthMix: Hashable, Codable, Sendable {
    package var input: LengthDistribution
    package var output: LengthDistribution
}

extension LengthPair: Codable {
    private enum CodingKeys: String, CodingKey {
        case input, output, mix
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let mix = try container.decodeIfPresent(LengthMix.self, forKey: .mix) {
            self.init(mix.input, mix.output)
        } else {
            self.init(
                try container.decode(Int.self, forKey: .input),
                try container.decode(Int.self, forKey: .output))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(input, forKey: .input)
        try container.encode(output, forKey: .output)
        try container.encodeIfPresent(mix, forKey: .mix)
    }
}
