import FoundationEssentials
import Sweep

/// Collects the lines of `samples.jsonl` into the results of their points.
struct SampleReader {
    let path: String
    private(set) var warnings: [String] = []

    /// Every run of the control cell.
    private(set) var controls: [ControlRun] = []

    private var points: [Point] = []
    private var keys: [Point: Set<String>] = [:]
    private var repetitions: [Point: [Repetition]] = [:]
    private var outcomes: [Point: SampleLine] = [:]

    init(path: String) {
        self.path = path
    }

    /// What is there, for a run that goes on from it.
    var earlierResults: EarlierResults {
        var earlier = EarlierResults()
        earlier.repetitions = repetitions
        earlier.controlGroups = (controls.map(\.group).max() ?? -1) + 1
        earlier.outcomes = outcomes.mapValues {
            EarlierResults.Outcome(status: $0.status ?? .failed, reason: $0.reason)
        }
        return earlier
    }

    /// The points with a line whose key is another than the one they should have.
    func points(keyedOtherwiseThan key: (Point) -> UInt64) -> [Point] {
        points.filter { point in
            (keys[point] ?? []).contains { $0 != hexadecimal(key(point)) }
        }
    }

    /// The bytes of whole lines that were read.
    private(set) var wholeByteCount = 0

    /// The results, in the order in which their points first occur.
    var results: [PointResult] {
        points.map { point in
            PointResult(
                point: point, status: outcomes[point]?.status ?? .ok,
                reason: outcomes[point]?.reason, repetitions: repetitions[point] ?? [])
        }
    }

    mutating func read(_ bytes: Data) throws(ReportingError) {
        var number = 0
        var rest = bytes[...]
        while !rest.isEmpty {
            number += 1
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
                warnings.append("\(path), line \(number): cut off and left out")
                return
            }
            do {
                try take(SampleLine(parsing: rest[..<end]))
            } catch {
                throw .malformed(path: path, line: number, what: error.what)
            }
            rest = rest[(end + 1)...]
            wholeByteCount = end + 1 - bytes.startIndex
        }
    }

    private mutating func take(_ line: SampleLine) throws(LineError) {
        guard line.schema <= Manifest.currentSchema else {
            throw LineError(
                what: "schema version \(line.schema), "
                    + "this program knows up to \(Manifest.currentSchema)")
        }
        let point = try line.checkedPoint()
        if let key = line.key { keys[point, default: []].insert(key) }
        switch line.kind {
        case .control:
            guard let group = line.group, group >= 0, group < Grid.largestValue else {
                throw LineError(what: "a run of the control cell without its group")
            }
            controls.append(ControlRun(group: group, repetition: try line.checkedRepetition()))
        case .repetition:
            let repetition = try line.checkedRepetition()
            if repetitions[point, default: []].contains(where: { $0.index == repetition.index }) {
                throw LineError(what: "repetition \(repetition.index) of \(point) a second time")
            }
            note(point)
            repetitions[point, default: []].append(repetition)
        case .outcome:
            guard line.status != nil else { throw LineError(what: "an outcome without a status") }
            note(point)
            outcomes[point] = line
        }
    }

    private mutating func note(_ point: Point) {
        if repetitions[point] == nil, outcomes[point] == nil { points.append(point) }
    }
}
