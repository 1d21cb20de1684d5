import GRDB

/// Which points of the runs are meant: those of given sizes, or of one name.
package enum PointChoice: Equatable, Sendable {
    case sizes(batch: Int, input: Int, output: Int)
    /// Such as `b1-i512-o128-t2`.
    case id(String)

    /// Reads `1x512x128`, or the name of a point; nil for anything else.
    package init?(_ text: String) {
        let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        if sizes.count == 3, let batch = sizes[0], let input = sizes[1], let output = sizes[2] {
            self = .sizes(batch: batch, input: input, output: output)
        } else if text.hasPrefix("b"), text.contains("-i"), text.contains("-o") {
            self = .id(text)
        } else {
            return nil
        }
    }

    /// The condition of a query of `points`.
    var condition: SQL {
        switch self {
        case .sizes(let batch, let input, let output):
            """
            points.batch = \(batch) AND points.input_tokens = \(input)
            AND points.output_tokens = \(output)
            """
        case .id(let id): "points.id = \(id)"
        }
    }
}
