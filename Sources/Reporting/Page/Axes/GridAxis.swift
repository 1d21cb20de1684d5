import Charts
import Sweep

/// Something that varies in a grid, as a chart has it along its side.
///
/// Counts stand where their value is, all else at places of its own.
struct GridAxis: Equatable {
    /// What it varies: input and output together where neither varies without the other.
    let parameters: [Parameter]
    let plotAxis: PlotAxis
    /// By the values of the parameters.
    private let places: [[ParameterValue?]: Double]

    /// What a reader chooses it by: `batch`, `lengths`, `kv-cache`.
    var name: String { parameters.count > 1 ? "lengths" : parameters[0].name }

    private static let units: [Parameter: String] = [
        .batch: "sequences", .input: "tokens", .output: "tokens",
    ]

    /// - Parameter parameters: At least one.
    private init(_ parameters: [Parameter], of points: [Point]) {
        self.parameters = parameters
        var seen: Set<[ParameterValue?]> = []
        let values = points.map { point in parameters.map { point.parameters[$0] } }
            .filter { seen.insert($0).inserted }
        let names = parameters.map(\.name).joined(separator: " → ")
        let title = Self.units[parameters[0]].map { "\(names), \($0)" } ?? names
        let numbers = values.compactMap { $0.count == 1 ? $0[0]?.exactCount : nil }
        if numbers.count == values.count {
            plotAxis = .counts(title, numbers)
            places = Dictionary(zip(values, numbers.map { Double($0) })) { first, _ in first }
        } else {
            let ordered = Self.ascending(values)
            plotAxis = .names(
                title,
                ordered.map { $0.map { $0?.description ?? "–" }.joined(separator: " → ") })
            places = Dictionary(
                uniqueKeysWithValues: ordered.enumerated().map { ($1, Double($0)) })
        }
    }

    /// Those that vary in some points and along which a line has two points or more, in the order of
    /// ``Parameter/all``.
    static func axes(of points: [Point]) -> [GridAxis] {
        let points = unique(points)
        let varied = Self.varied(in: points)
        let lengths: [Parameter] = [.input, .output]
        func hasLine(_ parameters: [Parameter]) -> Bool {
            Set(points.map { $0.parameters.without(parameters) }).count < points.count
        }
        let areOne =
            lengths.allSatisfy(varied.contains) && !lengths.contains { hasLine([$0]) }
        return varied.compactMap { parameter -> GridAxis? in
            let parameters = areOne && parameter == .input ? lengths : [parameter]
            return hasLine(parameters) ? GridAxis(parameters, of: points) : nil
        }
    }

    /// The parameters that are not the same in all points.
    static func varied(in points: [Point]) -> [Parameter] {
        Parameter.all.filter { parameter in
            Set(points.map { $0.parameters[parameter] }).count > 1
        }
    }

    /// Where a point stands along it; nil for one that it was not made of.
    func place(of point: Point) -> Double? {
        places[parameters.map { point.parameters[$0] }]
    }

    private static func unique(_ points: [Point]) -> [Point] {
        var seen: Set<Point> = []
        return points.filter { seen.insert($0).inserted }
    }

    /// By their sizes, where all have one; as they came otherwise.
    private static func ascending(_ values: [[ParameterValue?]]) -> [[ParameterValue?]] {
        let sizes = values.map { $0.compactMap { $0?.count } }
        guard zip(values, sizes).allSatisfy({ $0.count == $1.count }) else { return values }
        return zip(values, sizes).enumerated().sorted { left, right in
            let (a, b) = (left.element.1, right.element.1)
            return a == b ? left.offset < right.offset : a.lexicographicallyPrecedes(b)
        }.map(\.element.0)
    }
}

extension Parameters {
    /// All but some.
    func without(_ parameters: [Parameter]) -> Parameters {
        var rest = self
        for parameter in parameters { rest[parameter] = nil }
        return rest
    }
}

extension ParameterValue {
    /// The number, if it is one and no range.
    fileprivate var exactCount: Int? { if case .count(let count) = self { count } else { nil } }
}
