import Basics

/// Lengths in tokens and how often each occurred, as a file has them.
///
/// A line is `length,count`; the first may be those two words. Blank lines are left out, and lengths
/// that occurred 0 times. No length stands twice.
package struct LengthHistogram: Sendable {
    private struct Bin: Hashable, Sendable {
        let length: Int
        let count: Int
        /// The counts of this length and of all shorter ones.
        var through: Int
    }

    /// As the user wrote it.
    package let path: String
    /// By length, ascending; at least one, and each has a count.
    private let bins: [Bin]

    /// More lines would have a length twice.
    private static let mostBytes = 64 << 20
    /// What a `Double` counts one by one.
    private static let mostCounted = 1 << 53
    private static let remedy = "write a length and a count on each line, such as 128,40"

    /// Reads a file.
    package init(path: String) throws(WorkloadError) {
        let bytes = try WorkloadFile.bytes(path, limit: Self.mostBytes)
        try self.init(WorkloadFile.text(bytes, path: path), path: path)
    }

    /// Takes the text of a file.
    ///
    /// - Parameter path: what errors call it.
    package init(_ text: String, path: String) throws(WorkloadError) {
        func problem(_ line: Int, _ what: String, _ remedy: String = Self.remedy) -> WorkloadError {
            .file(path: path, line: line, problem: what, remedy: remedy)
        }
        var bins: [(length: Int, count: Int)] = []
        var seen: Set<Int> = []
        var total = 0
        for (number, line) in WorkloadFile.lines(text) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                .map(WorkloadFile.trimmed)
            if number == 1, fields == ["length", "count"] { continue }
            guard fields.count == 2, fields.allSatisfy(OptionText.areDigits) else {
                throw problem(number, "\"\(WorkloadFile.shown(line))\" is no length and count")
            }
            guard let length = Int(fields[0]), 1...Grid.largestValue ~= length else {
                throw problem(
                    number, "the length \(WorkloadFile.shown(fields[0])) is out of range",
                    "lengths are from 1 to \(Grid.largestValue)")
            }
            guard let count = Int(fields[1]), count <= Self.mostCounted - total else {
                throw problem(
                    number, "the counts up to here are more than \(Self.mostCounted)",
                    "divide all counts by the same number")
            }
            guard seen.insert(length).inserted else {
                throw problem(number, "the length \(length) stands twice", "add the two counts")
            }
            total += count
            if count > 0 { bins.append((length, count)) }
        }
        try self.init(bins, path: path)
    }

    /// Counts the lengths of what a file has.
    ///
    /// - Throws: `WorkloadError.file` where there are none, or one is out of range.
    package init(counting lengths: [Int], path: String) throws(WorkloadError) {
        var counts: [Int: Int] = [:]
        for length in lengths { counts[length, default: 0] += 1 }
        try self.init(counts.map { ($0.key, $0.value) }, path: path)
    }

    /// - Parameter counts: each length once, each with a count of 1 or more.
    private init(_ counts: [(length: Int, count: Int)], path: String) throws(WorkloadError) {
        guard !counts.isEmpty else {
            throw .file(
                path: path, line: nil, problem: "it counts no length", remedy: Self.remedy)
        }
        var bins: [Bin] = []
        var through = 0
        for (length, count) in counts.sorted(by: { $0.length < $1.length }) {
            guard 1...Grid.largestValue ~= length, count >= 1, count <= Self.mostCounted - through,
                bins.last?.length != length
            else {
                throw .file(
                    path: path, line: nil, problem: "\(count) of \(length) tokens cannot be",
                    remedy: Self.remedy)
            }
            through += count
            bins.append(Bin(length: length, count: count, through: through))
        }
        self.path = path
        self.bins = bins
    }

    /// The last part of the path.
    var name: String { String(path.split(separator: "/").last ?? "") }

    /// Eight digits that tell what is counted: FNV-1a over lengths and counts.
    var mark: String {
        var mark = FNV1a()
        for bin in bins {
            mark.combine(UInt64(bin.length))
            mark.combine(UInt64(bin.count))
        }
        let digits = String(mark.value >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    var smallest: Int { bins[0].length }

    var largest: Int { bins[bins.count - 1].length }

    private var total: Int { bins[bins.count - 1].through }

    var mean: Double {
        bins.reduce(0) { $0 + Double($1.length) * (Double($1.count) / Double(total)) }
    }

    /// The length that this share of what was counted does not reach; the share is less than 1.
    func length(at share: Double) -> Int {
        let rank = min(Int(share * Double(total)), total - 1)
        // The first bin that goes through a higher rank.
        var low = 0
        var high = bins.count - 1
        while low < high {
            let middle = (low + high) / 2
            if bins[middle].through > rank { high = middle } else { low = middle + 1 }
        }
        return bins[low].length
    }
}

/// Equal where the same is counted, wherever the files lie.
extension LengthHistogram: Hashable {
    package static func == (left: LengthHistogram, right: LengthHistogram) -> Bool {
        left.bins == right.bins
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(bins) }
}

extension LengthHistogram: Codable {
    private enum CodingKeys: String, CodingKey {
        case path, lengths
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let pairs = try container.decode([[Int]].self, forKey: .lengths)
        guard pairs.allSatisfy({ $0.count == 2 }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .lengths, in: container, debugDescription: "a length without its count")
        }
        do {
            try self.init(
                pairs.map { ($0[0], $0[1]) },
                path: try container.decode(String.self, forKey: .path))
        } catch let error as WorkloadError {
            throw DecodingError.dataCorruptedError(
                forKey: .lengths, in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(bins.map { [$0.length, $0.count] }, forKey: .lengths)
    }
}
