package import Basics
import Measurement
import Reporting

/// Series as a terminal shows them: one as a graph, several as a line of bars each.
package struct SeriesText {
    package let text: String

    /// - Parameters:
    ///   - metric: The column that the values are from.
    ///   - width: Columns of the terminal; no line is wider.
    package init(
        _ series: [Series], metric: String, width: Int, in language: Language = .en
    ) {
        let width = max(width, 20)
        var lines: [String] = []
        if let only = series.first, series.count == 1 {
            let heading = only.subject.heading(metric, in: language)
            lines = [heading + language.comma + visible(only.point)]
            lines += Self.graph(only, width: width, in: language)
        } else {
            var subjects: [Series.Subject] = []
            for subject in series.map(\.subject) where !subjects.contains(subject) {
                subjects.append(subject)
            }
            for subject in subjects {
                lines.append(subject.heading(metric, in: language))
                lines += Self.bars(
                    series.filter { $0.subject == subject }, width: width, in: language)
            }
        }
        text = lines.map { Self.clipped($0, to: width) + "\n" }.joined()
    }

    // MARK: - Many series

    private static let levels = Array("▁▂▃▄▅▆▇█")

    /// A line for each series, its bars from its own least to its own greatest value.
    private static func bars(
        _ series: [Series], width: Int, in language: Language
    ) -> [String] {
        let names = series.map { visible($0.point) }
        let ends = series.map { "  \(summary($0, in: language))" }
        let nameWidth = names.map(\.displayWidth).max() ?? 0
        let room = width - nameWidth - 4 - (ends.map(\.displayWidth).max() ?? 0)
        return zip(series, zip(names, ends)).map { series, texts in
            let values = binned(series.values.map(\.value), into: max(room, 4))
            let bars = values.map { levels[level($0, in: values, of: levels.count)] }
            return "  \(texts.0.padded(toWidth: nameWidth))  \(String(bars))\(texts.1)"
        }
    }

    /// Such as `31.20 → 29.90, 12 runs`.
    private static func summary(_ series: Series, in language: Language) -> String {
        let values = series.values.map { fourDigits($0.value) }
        let first = values.first ?? ""
        let change = values.count > 1 ? "\(first) → \(values.last ?? "")" : first
        let count = values.count
        return change
            + language(en: ", \(count) run\(count == 1 ? "" : "s")", zh: "，\(count) 次运行")
    }

    // MARK: - One series

    private static let height = 10

    private static func graph(
        _ series: Series, width: Int, in language: Language
    ) -> [String] {
        let all = series.values.map(\.value)
        let top = fourDigits(all.max() ?? 0)
        let bottom = fourDigits(all.min() ?? 0)
        let labelWidth = max(top.count, bottom.count)
        let room = max(width - labelWidth - 3, 4)
        let values = binned(all, into: room)
        var grid = [[Character]](
            repeating: [Character](repeating: " ", count: room), count: height)
        for (index, value) in values.enumerated() {
            let column = values.count == 1 ? 0 : index * (room - 1) / (values.count - 1)
            grid[height - 1 - level(value, in: values, of: height)][column] = "●"
        }
        let labels = [0: top, height - 1: bottom]
        var lines = grid.enumerated().map { index, row in
            let label = labels[index] ?? ""
            let blanks = String(repeating: " ", count: labelWidth - label.count)
            let dots = String(row).split(separator: " ").isEmpty ? "" : " \(String(row))"
            return trimmed("\(blanks)\(label) │\(dots)")
        }
        let margin = String(repeating: " ", count: labelWidth + 1)
        lines.append("\(margin)└" + String(repeating: "─", count: room + 1))
        let first = series.values.first.map { $0.startedAt.iso8601 } ?? ""
        let last = series.values.last.map { $0.startedAt.iso8601 } ?? ""
        lines.append(
            "\(margin)  "
                + (first == last
                    ? first : language(en: "\(first) to \(last)", zh: "\(first) 至 \(last)")))
        let bins =
            values.count < all.count
            ? language(en: "; each dot is a median of several", zh: "；每个点是几次的中位数") : ""
        lines.append("\(margin)  \(summary(series, in: language))\(bins)")
        return lines
    }

    // MARK: - Values to places

    /// As many values as there is room: where there are more, medians of neighbours.
    static func binned(_ values: [Double], into count: Int) -> [Double] {
        guard values.count > count else { return values }
        return (0..<count).compactMap { bin in
            let range = bin * values.count / count..<(bin + 1) * values.count / count
            return Statistics(Array(values[range]))?.median
        }
    }

    /// Where a value is between the least and the greatest, counted from 0; the middle if all are equal.
    static func level(_ value: Double, in values: [Double], of count: Int) -> Int {
        guard let low = values.min(), let high = values.max(), high > low else { return count / 2 }
        // Halves, so that the difference of two finite values is finite.
        let share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return min(count - 1, max(0, Int((share * Double(count - 1)).rounded())))
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private static func clipped(_ line: String, to width: Int) -> String {
        guard line.displayWidth > width else { return line }
        var result = ""
        for character in line {
            guard (result + String(character)).displayWidth < width else { break }
            result.append(character)
        }
        return result + "…"
    }
}
