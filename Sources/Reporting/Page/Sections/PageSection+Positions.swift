import Charts
import Measurement
import Sweep

extension PageSection {
    /// How the gap between tokens changes along the answer.
    static func positions(_ facets: [Facet]) -> PageSection? {
        let profiles = facets.flatMap { facet in
            longestPairs(facet.pairs).compactMap { PositionProfiles(facet, $0) }
        }
        guard !profiles.isEmpty else { return nil }
        return PageSection(
            anchor: "positions", title: "ITL along the answer",
            explanation:
                "The gap before each token, by its position in the answer: the median over "
                + "the repetitions, and a band from their 10th to their 90th percentile where there are "
                + "10 of them. Of pairs "
                + "with the same input length the longest output is shown.",
            figures: profiles.map(\.figure),
            numbers: .tables(Markup(joining: profiles.map(\.table))))
    }

    /// The longest output of each input length: it has the steps of the shorter ones in it.
    private static func longestPairs(_ pairs: [LengthPair]) -> [LengthPair] {
        Dictionary(grouping: pairs, by: \.input).values
            .compactMap { $0.max { $0.output < $1.output } }.sorted { $0.input < $1.input }
    }
}

/// How the gaps of one pair of lengths change along the answer, a line for each batch.
private struct PositionProfiles {
    let title: String
    let pair: LengthPair
    /// At least one, each of two points at least.
    let profiles: [(batch: Int, points: [Datum])]

    /// The most rows of the table; a reader of numbers asks where they go, not for each.
    private static let mostRows = 16

    init?(_ facet: Facet, _ pair: LengthPair) {
        profiles = facet.rows(of: pair).compactMap { row -> (batch: Int, points: [Datum])? in
            // Gaps of requests that differ have no position in common.
            guard row.status == .ok, row.load == nil, let samples = row.summary?.samples else {
                return nil
            }
            let points = GapProfile(samples.map(\.gaps)).points
            return points.count > 1 ? (row.point.batch, points) : nil
        }
        guard !profiles.isEmpty else { return nil }
        title = facet.titled("input \(pair.input), output \(pair.output)")
        self.pair = pair
    }

    var figure: Figure {
        let values = profiles.flatMap(\.points).flatMap { point in
            [point.y, point.range?.upperBound ?? point.y]
        }
        var plot = Plot(
            title: title,
            x: PlotAxis(
                "position in the answer, tokens", .linear(from: 2, to: Double(pair.output))),
            y: PlotAxis("ITL, ms", .linear(covering: values)),
            series: profiles.enumerated().map { index, profile in
                Series(
                    "batch \(profile.batch)", points: profile.points, colour: .series(index),
                    marker: nil)
            })
        plot.summary = profiles.map { profile in
            "Batch \(profile.batch) goes from \(fourDigits(profile.points[0].y)) to "
                + "\(fourDigits(profile.points[profile.points.count - 1].y)) ms"
        }.joined(separator: "; ")
        return Figure(plot.drawing)
    }

    /// Some of the points, as numbers.
    var table: Markup {
        let places = profiles.max { $0.points.count < $1.points.count }?.points.map(\.x) ?? []
        let step = max(1, (places.count + Self.mostRows - 1) / Self.mostRows)
        let rows = stride(from: 0, to: places.count, by: step).map { places[$0] }
        typealias Column = PageTable<Double>.Column
        let batches = profiles.map { profile in
            Column("batch \(profile.batch)", unit: "ms") { place in
                .number(profile.points.first { $0.x == place }?.y)
            }
        }
        return PageTable(
            caption: "ITL along the answer, \(title)",
            columns: [Column("position", unit: "token") { .number($0) }] + batches, rows: rows
        ).markup
    }
}

/// The gaps of several repetitions by position.
struct GapProfile: Equatable {
    /// The most points that a line has; more would be closer than a reader can see.
    static let mostPoints = 160

    /// Median, and 10th to 90th percentile of 10 gaps or more, of each position, or of some that follow
    /// each other.
    let points: [Datum]

    /// - Parameter repetitions: The gaps of each, those before the second token first.
    init(_ repetitions: [[Double]]) {
        let count = repetitions.map(\.count).max() ?? 0
        let size = max(1, (count + Self.mostPoints - 1) / Self.mostPoints)
        points = stride(from: 0, to: count, by: size).compactMap { start in
            let end = min(start + size, count)
            let pooled = repetitions.flatMap { gaps in
                gaps[min(start, gaps.count)..<min(end, gaps.count)]
            }
            return Statistics(pooled).map {
                Datum(
                    Double(start + end - 1) / 2 + 2, $0.median,
                    range: Self.band($0))
            }
        }
    }

    private static func band(_ gaps: Statistics) -> ClosedRange<Double>? {
        guard let low = gaps.supportedPercentile(10), let high = gaps.supportedPercentile(90)
        else { return nil }
        return low...high
    }
}
