package import Basics

/// How many tokens a prompt or an answer has: how often each length occurs.
///
/// | text | lengths |
/// | --- | --- |
/// | `128` | always that one |
/// | `128:2048`, `128:2048~uniform` | each from the first to the last, both included, equally often |
/// | `128:2048~lognormal` | log-normal: the ends are its 1st and 99th percentile, and what lies beyond them takes their value; its median is √(128·2048) |
/// | `@histogram.csv` | as often as a file counts them: see ``LengthHistogram`` |
///
/// A draw is the quantile at a uniform number, and takes one number of the generator whatever the
/// distribution. Nothing but IEEE 754's operations decides it, so that the same seed gives the same
/// lengths on every machine.
package struct LengthDistribution: Hashable, Sendable {
    enum Form: Hashable, Sendable {
        case fixed(Int)
        case uniform(Int, Int)
        case logNormal(Int, Int)
        case histogram(LengthHistogram)
    }

    let form: Form

    init(_ form: Form) {
        self.form = form
    }

    /// Always the same length.
    ///
    /// - Precondition: it is from 1 to ``Grid/largestValue``.
    package init(fixed length: Int) {
        precondition(1...Grid.largestValue ~= length, "no request has \(length) tokens")
        self.init(.fixed(length))
    }

    /// The lengths that a file counts.
    package init(_ histogram: LengthHistogram) {
        self.init(.histogram(histogram))
    }

    /// Draws a length.
    package func sample(_ generator: inout SplitMix64) -> Int {
        length(at: generator.unit())
    }

    /// The quantile: the length that this share of the lengths does not reach, rounded to a whole
    /// token where the distribution is continuous.
    ///
    /// - Parameter share: 0 or more, and less than 1.
    package func length(at share: Double) -> Int {
        switch form {
        case .fixed(let length):
            return length
        case .uniform(let least, let most):
            return min(most, least + Int(share * Double(most - least + 1)))
        case .logNormal(let least, let most):
            guard share > Self.tail else { return least }
            guard share < 1 - Self.tail else { return most }
            let first = Elementary.logarithm(Double(least))
            let last = Elementary.logarithm(Double(most))
            let deviation = (last - first) / (2 * Self.tailDistance)
            let length = Elementary.exponential(
                (first + last) / 2 + deviation * Elementary.normalQuantile(share))
            return min(max(Int(length.rounded()), least), most)
        case .histogram(let histogram):
            return histogram.length(at: share)
        }
    }

    /// The shortest length that can be drawn.
    package var smallest: Int {
        switch form {
        case .fixed(let length): length
        case .uniform(let least, _), .logNormal(let least, _): least
        case .histogram(let histogram): histogram.smallest
        }
    }

    /// The longest length that can be drawn.
    package var largest: Int {
        switch form {
        case .fixed(let length): length
        case .uniform(_, let most), .logNormal(_, let most): most
        case .histogram(let histogram): histogram.largest
        }
    }

    /// What a length is on average; of a log-normal distribution the mean of 1000 quantiles, evenly
    /// spread.
    package var mean: Double {
        switch form {
        case .fixed(let length): Double(length)
        case .uniform(let least, let most): Double(least + most) / 2
        case .logNormal:
            Double((0..<1000).reduce(0) { $0 + length(at: (Double($1) + 0.5) / 1000) }) / 1000
        case .histogram(let histogram): histogram.mean
        }
    }

    /// The share of the lengths at each end of a log-normal distribution.
    private static let tail = 0.01
    /// Φ⁻¹(0.99): how many deviations the ends are from the middle.
    private static let tailDistance = 2.3263478740408408
}

// MARK: - Text

extension LengthDistribution: CustomStringConvertible {
    /// Reads what the command line has.
    ///
    /// - Parameter part: ``WorkloadError/Part/input`` or ``WorkloadError/Part/output``, for errors.
    package init(
        parsing text: String, of part: WorkloadError.Part
    ) throws(WorkloadError) {
        let text = try OptionText(text, of: part)
        if let path = try text.path() {
            self.init(try LengthHistogram(path: path))
            return
        }
        let (ends, shape) = text.split(at: "~")
        let (first, second) = ends.split(at: ":")
        guard let last = second else {
            guard shape == nil else { throw text.malformed }
            self.init(.fixed(try first.wholeNumber()))
            return
        }
        let least = try first.wholeNumber()
        let most = try last.wholeNumber()
        guard least <= most else { throw ends.descending }
        let form: Form
        switch shape?.text {
        case nil, "uniform": form = .uniform(least, most)
        case "lognormal": form = .logNormal(least, most)
        default: throw (shape ?? text).malformed
        }
        self.init(least == most ? .fixed(least) : form)
    }

    /// What the command line would have for it, in one form whatever the user wrote.
    package var description: String {
        switch form {
        case .fixed(let length): "\(length)"
        case .uniform(let least, let most): "\(least):\(most)~uniform"
        case .logNormal(let least, let most): "\(least):\(most)~lognormal"
        case .histogram(let histogram): "@\(histogram.path)"
        }
    }
}

extension LengthDistribution {
    /// How an id calls it: a file by its name and a mark of what it counts, which another file of that
    /// name does not have.
    package var mark: String {
        guard case .histogram(let histogram) = form else { return description }
        return "@\(histogram.name)#\(histogram.mark)"
    }

    /// Whether all lengths are the same.
    package var isFixed: Bool {
        if case .fixed = form { true } else { false }
    }
}

/// A number, the text of the command line, or what a file counts.
extension LengthDistribution: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let length = try? container.decode(Int.self) {
            guard 1...Grid.largestValue ~= length else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(length) is no length")
            }
            self.init(fixed: length)
        } else if let text = try? container.decode(String.self) {
            // What is read from a report opens no file.
            guard !text.contains("@"),
                let read = try? LengthDistribution(parsing: text, of: .input)
            else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\"\(text)\" describes no lengths")
            }
            self = read
        } else {
            self.init(try container.decode(LengthHistogram.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch form {
        case .fixed(let length): try container.encode(length)
        case .uniform, .logNormal: try container.encode(description)
        case .histogram(let histogram): try container.encode(histogram)
        }
    }
}
