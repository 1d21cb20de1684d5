import FoundationEssentials
import Sweep

/// Collects the lines of `samples.jsonl` into the results of their points.
struct SampleReader {
    /// Where a run belongs; without a group it is no run of the control cell.
    private struct Place: Hashable {
        let point: Point
        let group: Int?
        let index: Int
    }

    let path: String
    private(set) var warnings: [String] = []

    /// Every run of the control cell.
    private(set) var controls: [ControlRun] = []

    private var points: [Point] = []
    private var known: Set<Point> = []
    private var keys: [Point: Set<String>] = [:]
    private var taken: [Place: Repetition] = [:]
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
        points.compactMap { point in
            // What was to be tried again and was not has nothing to say.
            guard outcomes[point] != nil || repetitions[point] != nil else { return nil }
            return PointResult(
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
                // An editor may have left a blank line.
                let isBlank = rest[..<end].allSatisfy { [0x20, 0x09, 0x0D].contains($0) }
                if !isBlank { try take(SampleLine(parsing: rest[..<end])) }
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
            let repetition = try line.checkedRepetition()
            guard try isNew(repetition, group: group) else { return }
            controls.append(ControlRun(group: group, repetition: repetition))
        case .repetition:
            let repetition = try line.checkedRepetition()
            guard try isNew(repetition, group: nil) else { return }
            note(point)
            repetitions[point, default: []].append(repetition)
        case .outcome:
            guard line.status != nil else { throw LineError(what: "an outcome without a status") }
            note(point)
            outcomes[point] = line
        case .retry:
            note(point)
            outcomes[point] = nil
        }
    }

    /// Whether a run was not there yet: a line that is repeated as it was says nothing new.
    private mutating func isNew(
        _ repetition: Repetition, group: Int?
    ) throws(LineError) -> Bool {
        let place = Place(point: repetition.point, group: group, index: repetition.index)
        guard let earlier = taken.updateValue(repetition, forKey: place) else { return true }
        guard earlier == repetition else {
            throw LineError(
                what: "repetition \(repetition.index) of \(repetition.point) a second time, and "
                    + "with other values")
        }
        return false
    }

    private mutating func note(_ point: Point) {
        if known.insert(point).inserted { points.append(point) }
    }
}
