import Charts
import Measurement
import Sweep

/// The rows that were measured with one setting of the machine: what one drawing can show.
struct Facet {
    /// The setting; nil where the grid has only one.
    let name: String?
    let rows: [Row]
    /// Batch sizes, ascending.
    let batches: [Int]
    /// Pairs of lengths, ascending by input and then by output.
    let pairs: [LengthPair]
    private let cells: [Point: Row]
    private let rowsByPair: [LengthPair: [Row]]

    private init(name: String?, rows: [Row]) {
        self.name = name
        self.rows = rows
        batches = Set(rows.map(\.point.batch)).sorted()
        cells = Dictionary(rows.map { ($0.point, $0) }) { first, _ in first }
        rowsByPair = Dictionary(grouping: cells.values, by: \.point.pair)
            .mapValues { $0.sorted { $0.point.batch < $1.point.batch } }
        pairs = rowsByPair.keys.sorted { ($0.input, $0.output) < ($1.input, $1.output) }
    }

    /// The rows by setting, in the order they were measured.
    static func facets(of rows: [Row]) -> [Facet] {
        let groups = Dictionary(grouping: rows, by: \.point.setting)
        var seen: Set<Parameters> = []
        return rows.map(\.point.setting).filter { seen.insert($0).inserted }.map { setting in
            Facet(name: setting.id, rows: groups[setting] ?? [])
        }
    }

    /// A title that names the setting.
    func titled(_ title: String) -> String { name.map { "\(title) · \($0)" } ?? title }

    /// The rows of each batch, ascending by batch.
    var byBatch: [(batch: Int, rows: [Row])] {
        Dictionary(grouping: rows, by: \.point.batch).sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// The rows of a pair, ascending by batch, each batch once.
    func rows(of pair: LengthPair) -> [Row] { rowsByPair[pair] ?? [] }

    /// The pairs in groups that one drawing has colours for.
    var pairGroups: [[LengthPair]] { pairs.parts(ofAtMost: Colour.seriesCount) }

    /// The row of a cell; nil if the grid has no such cell.
    func row(batch: Int, _ pair: LengthPair) -> Row? {
        guard let setting = rows.first?.point.setting else { return nil }
        return cells[
            Point(batch: batch, pair, setting: setting)]
    }
}

extension Point {
    var pair: LengthPair { lengths }

    /// The sizes in words of a page: `batch 4, 128 → 16`.
    var words: String {
        "batch \(batch), \(pair.words)" + (setting.id.map { ", \($0)" } ?? "")
    }
}

extension LengthPair {
    /// `128 → 16`.
    var words: String {
        mix.map { "\($0.input.mark) → \($0.output.mark)" } ?? "\(input) → \(output)"
    }
}

extension Row {
    /// The statistics of a metric of a cell that is ok; nil if there are none.
    func statistics(of metric: KeyPath<Sample, Double?>) -> Statistics? {
        status == .ok ? summary?.statistics(of: metric) : nil
    }

    /// `62.1 ms [61.8, 62.6]`.
    func tip(of metric: KeyPath<Sample, Double?>, _ name: String, unit: String) -> String {
        guard let statistics = statistics(of: metric) else { return point.words }
        let interval = interval(of: statistics).map { "\n95 % interval \(text($0))" } ?? ""
        return "\(point.words)\n\(name) \(fourDigits(statistics.median)) \(unit)\(interval)"
            + "\nn = \(statistics.count)" + (verdict == .invalid ? "\ninvalid" : "")
    }
}

/// `61.83–62.60`.
func text(_ interval: Interval) -> String {
    "\(fourDigits(interval.low))–\(fourDigits(interval.high))"
}

/// A share in percent: `83.1 %`.
func percentText(_ share: Double) -> String { "\(fixed(share * 100, decimals: 1)) %" }

/// Bytes in the unit that leaves one to four digits before the point: `412 MiB`.
func bytesText(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    var value = Double(bytes)
    var unit = 0
    while value >= 1024, unit < units.count - 1 {
        value /= 1024
        unit += 1
    }
    return "\(unit == 0 ? "\(bytes)" : NumberText.threeDigits(value)) \(units[unit])"
}
