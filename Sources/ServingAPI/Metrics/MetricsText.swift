/// Writes metrics as Prometheus reads them, exposition format 0.0.4.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var bytes: [UInt8] = []
    /// Of every series: `model_name="m",engine="0"`.
    private let labels: String

    init(labels: [(name: String, value: String)]) {
        self.labels = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            .joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    mutating func counter(_ name: String, _ help: String, _ value: Double) {
        begin(name, help, type: "counter")
        line(name, value)
    }

    mutating func gauge(_ name: String, _ help: String, _ value: Double) {
        begin(name, help, type: "gauge")
        line(name, value)
    }

    /// One series for each value of a label.
    mutating func counters(
        _ name: String, _ help: String, label: String, _ values: [(String, Int)]
    ) {
        begin(name, help, type: "counter")
        for (value, count) in values { line(name, Double(count), and: "\(label)=\"\(value)\"") }
    }

    mutating func histogram(_ name: String, _ help: String, _ histogram: Histogram) {
        begin(name, help, type: "histogram")
        append(histogram, name, and: nil)
    }

    /// One histogram for each value of a label.
    mutating func histograms(
        _ name: String, _ help: String, label: String, _ values: [(String, Histogram)]
    ) {
        begin(name, help, type: "histogram")
        for (value, histogram) in values { append(histogram, name, and: "\(label)=\"\(value)\"") }
    }

    private mutating func append(_ histogram: Histogram, _ name: String, and label: String?) {
        let before = label.map { $0 + "," } ?? ""
        var total = 0
        for (edge, count) in zip(histogram.edges, histogram.counts) {
            total += count
            line("\(name)_bucket", Double(total), and: "\(before)le=\"\(Self.text(edge))\"")
        }
        total += histogram.counts[histogram.edges.count]
        line("\(name)_bucket", Double(total), and: "\(before)le=\"+Inf\"")
        line("\(name)_sum", histogram.sum, and: label)
        line("\(name)_count", Double(total), and: label)
    }

    private mutating func begin(_ name: String, _ help: String, type: String) {
        bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n".utf8
    }

    private mutating func line(_ name: String, _ value: Double, and label: String? = nil) {
        bytes += "\(name){\(labels)\(label.map { "," + $0 } ?? "")} \(Self.text(value))\n".utf8
    }

    /// As Prometheus' own client for Python writes numbers, which vLLM uses: `1.0`, `1e-05`.
    private static func text(_ value: Double) -> String { "\(value)" }
}
