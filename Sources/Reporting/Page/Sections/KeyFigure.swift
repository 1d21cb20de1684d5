import Charts
import Measurement
import Sweep

/// The best that a report has of a metric, and where.
///
/// A number that cannot be right is no best.
struct KeyFigure: Equatable {
    let name: String
    let value: String
    let unit: String
    let place: String

    /// Those that were measured, in the order in which they are asked for.
    static func figures(of rows: [Row]) -> [KeyFigure] {
        let usable = rows.filter { $0.status == .ok && $0.verdict != .invalid }
        func best(
            _ name: String, _ unit: String, least: Bool = false, _ value: (Row) -> Double?,
            text: (Double) -> String = fourDigits
        ) -> KeyFigure? {
            let values = usable.compactMap { row in value(row).map { (row: row, value: $0) } }
            let found =
                least ? values.min { $0.value < $1.value } : values.max { $0.value < $1.value }
            return found.map {
                KeyFigure(name: name, value: text($0.value), unit: unit, place: $0.row.point.words)
            }
        }
        func percent(_ share: Double) -> String { fixed(share * 100, decimals: 1) }
        return [
            best("Shortest time to first token", "ms", least: true) {
                $0.statistics(of: \.ttft)?.median
            },
            best("Shortest time per next token", "ms", least: true) {
                $0.statistics(of: \.tpot)?.median
            },
            best("Highest end-to-end throughput", "token/s") {
                $0.statistics(of: \.outputRate)?.median
            },
            best("Highest decode throughput", "token/s") {
                $0.statistics(of: \.decodeRate)?.median
            },
            best(
                "Nearest the memory roof, decode", "%", { $0.decodeUtilization?.mbu }, text: percent
            ),
            best(
                "Nearest the compute roof, prefill", "%", { $0.prefillUtilization?.mfu },
                text: percent),
            best("Most memory held", "MiB", { $0.peakResidentBytes.map { Double($0) / 1_048_576 } })
            {
                fixed($0, decimals: 0)
            },
        ].compactMap(\.self)
    }

    var markup: Markup {
        """
        <div><dt>\(name)</dt><dd class="figure">\(value) <small>\(unit)</small></dd>\
        <dd class="where">\(place)</dd></div>

        """
    }
}
