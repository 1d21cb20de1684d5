import Basics
import Glibc
import Measurement
import Sweep

extension PublishedTable {
    /// Takes a CSV with the columns of the documents' tables, or of their `performance_test_….csv`.
    ///
    /// A time of 0 is what their test writes where it did not measure, and counts as missing. What it
    /// was measured on says the JSON beside it, or the manifest of the report that it lies in.
    init(csv file: CSVFile) throws(ReportingError) {
        let layout = try Layout(file)
        let manifest = try file.manifest
        let provenance = manifest == nil ? try Provenance.of(csv: file.path) : nil
        var cells: [PublishedCell] = []
        var seen: Set<Shape> = []
        var notes: [Wording] = []
        var zeros = 0
        for line in file.lines {
            guard !line.fields[0].isEmpty else {
                notes.append(
                    Wording(
                        en: "line \(line.number) has no batch size and is left out",
                        zh: "第 \(line.number) 行没有 batch size，略去"))
                continue
            }
            var sizes: [Int] = []
            for index in 0..<3 { sizes.append(try file.size(index, of: line)) }
            let shape = Shape(batch: sizes[0], inputLength: sizes[1], outputLength: sizes[2])
            guard seen.insert(shape).inserted else {
                throw file.malformed("the same sizes a second time", line)
            }
            var cell = PublishedCell(shape: shape)
            for (metric, index) in layout.metrics {
                let value = try file.measurement(index, of: line)
                if value == 0 { zeros += 1 } else { cell.values[metric] = value }
            }
            if let index = layout.responseTime, let time = try file.measurement(index, of: line),
                time > 0
            {
                cell.values[.throughput] = Double(shape.batch * shape.outputLength) / time
            }
            cells.append(cell)
        }
        self.init(
            path: file.path,
            title: manifest.map { "\($0.title), \(file.name)" } ?? provenance?.title ?? file.name,
            circumstances: manifest?.circumstances ?? provenance?.circumstances ?? [:],
            cells: cells)
        self.notes = (manifest?.caveats ?? []) + notes
        if zeros > 0 {
            self.notes.append(
                Wording(
                    en: "\(zeros) times of 0 count as not measured",
                    zh: "\(zeros) 个为 0 的时间算作没有测量"))
        }
        if layout.responseTime != nil {
            self.notes.append(
                Wording(
                    en: "E2E throughput is batch × output length / ResponseTime(s), as the file "
                        + "rounds it",
                    zh: "E2E吞吐计算为 batch × 输出长度 / ResponseTime(s)，按文件里取整后的值"))
        }
        self.notes += (provenance?.notes ?? []).map { Wording($0) }
        self.notes += (provenance?.arithmetic ?? []).filter { !$0.holds }.map {
            Wording(
                en: "its own arithmetic does not hold: \($0.rule): \($0.remark)",
                zh: "它自己的算术不成立：\($0.rule)：\($0.remark)")
        }
    }

    /// Which column is what.
    private struct Layout {
        let metrics: [(PublishedMetric, Int)]
        let responseTime: Int?

        init(_ file: CSVFile) throws(ReportingError) {
            switch file.header {
            case Column.published.map(\.header):
                metrics = [(.firstToken, 3), (.nextToken, 4), (.throughput, 5)]
                responseTime = nil
            case Column.documents.map(\.header):
                metrics = [(.firstToken, 4), (.nextToken, 5)]
                responseTime = 3
            default: throw .notPublished(path: file.path, columns: file.header)
            }
        }
    }
}

extension CSVFile {
    /// The last part of its path.
    fileprivate var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Of the report directory that it lies in; nil if it lies in none.
    fileprivate var manifest: Manifest? {
        get throws(ReportingError) {
            let folder = path.contains("/") ? String(path.dropLast(name.count + 1)) : "."
            guard access("\(folder)/\(ReportDirectory.manifestName)", F_OK) == 0 else { return nil }
            return try Report.manifest(path: folder)
        }
    }

    fileprivate func malformed(_ what: String, _ line: Line) -> ReportingError {
        .malformed(path: path, line: line.number, what: what)
    }

    /// A batch or a length.
    fileprivate func size(_ index: Int, of line: Line) throws(ReportingError) -> Int {
        let text = line.fields[index]
        guard let size = Int(text), size >= 1, size <= Grid.largestValue else {
            throw malformed(
                "\"\(header[index])\" is \"\(text)\", not a number in 1...\(Grid.largestValue)",
                line)
        }
        return size
    }

    /// Where commas do not separate fields they are the decimal mark, for all numbers or for none:
    /// beside them a point might separate thousands.
    private func withDecimalPoint(_ text: String, _ line: Line) throws(ReportingError) -> String {
        guard separator != ",", hasDecimalCommas else { return text }
        guard !text.contains(".") else {
            throw malformed(
                "\"\(text)\" has a point, and other numbers of the file have decimal commas", line)
        }
        return text.replacing(",", with: ".")
    }

    /// Whether a field is digits, a comma and digits.
    private var hasDecimalCommas: Bool {
        lines.contains { line in
            line.fields.contains { field in
                let parts = field.split(separator: ",", omittingEmptySubsequences: false)
                return parts.count == 2 && parts.allSatisfy { Int($0) != nil }
            }
        }
    }

    /// Milliseconds, seconds or tokens a second; nil if the field is empty.
    fileprivate func measurement(_ index: Int, of line: Line) throws(ReportingError) -> Double? {
        let text = try withDecimalPoint(line.fields[index], line)
        guard !text.isEmpty else { return nil }
        // Double.init would also take hexadecimal, infinity and what is not a number.
        let isDecimal = text.allSatisfy { $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }
        guard isDecimal, let value = Double(text), value == 0 || Self.possible.contains(value)
        else {
            throw malformed(
                "\"\(header[index])\" is \"\(text)\", not a time or rate"
                    + (text.contains(",") ? ": write decimals with a point" : ""), line)
        }
        return value
    }

    /// Room on both sides, and so that no ratio overflows.
    private static let possible = 1e-6...1e18
}
