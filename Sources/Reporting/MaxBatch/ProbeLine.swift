import FoundationEssentials
import Measurement
import Sweep

/// One line of `probes.jsonl`: an attempt of a search for the largest batch, with every stamp of its
/// call in nanoseconds of the monotonic clock.
struct ProbeLine: Codable, Equatable {
    var schema = Manifest.currentSchema
    var batch: Int
    var inputTokens: Int
    var outputTokens: Int
    var status: Status
    var reason: String?
    var predictedBytes: Int?
    var peakBytes: Int?
    /// nil if it did not run.
    var call: ObservationRecord?
    var conditions: ProcessConditions?

    enum CodingKeys: String, CodingKey {
        case schema, batch, status, reason, call, conditions
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case predictedBytes = "predicted_bytes"
        case peakBytes = "peak_bytes"
    }

    init(_ probe: Probe) {
        batch = probe.point.batch
        inputTokens = probe.point.inputLength
        outputTokens = probe.point.outputLength
        status = probe.status
        reason = probe.reason
        predictedBytes = probe.predictedBytes
        peakBytes = probe.peakBytes
        call = probe.observation.map { ObservationRecord($0) }
        conditions = ProcessConditions(probe.conditions)
    }

    /// The text of the line, with its line feed.
    func text() throws(ReportingError) -> String { try jsonText(self) + "\n" }

    /// The attempt, if it is a possible one.
    func checkedProbe() throws(LineError) -> Probe {
        guard schema <= Manifest.currentSchema else {
            throw LineError(
                what: "schema version \(schema), this program knows up to \(Manifest.currentSchema)"
            )
        }
        for size in [batch, inputTokens, outputTokens] where size < 1 || size > Grid.largestValue {
            throw LineError(what: "\(size) is not a size of an attempt")
        }
        let point = Point(batch: batch, inputLength: inputTokens, outputLength: outputTokens)
        var observation: Observation?
        do {
            observation = try call?.observation(of: point.shape)
        } catch {
            throw LineError(what: error.description)
        }
        guard observation.map({ $0.steps?.stepCount == outputTokens }) ?? true,
            (status == .ok) == (call != nil)
        else { throw LineError(what: "an attempt without its \(outputTokens) steps") }
        return Probe(
            point: point, status: status, reason: reason, predictedBytes: predictedBytes,
            peakBytes: peakBytes, observation: observation, conditions: conditions?.list ?? [])
    }

    /// The attempts of a file, and how many bytes of whole lines they are.
    static func read(_ path: String) throws(ReportingError) -> (probes: [Probe], byteCount: Int) {
        let data = try Report.read(path)
        let whole = (data.lastIndex(of: UInt8(ascii: "\n")) ?? data.startIndex - 1) + 1
        var probes: [Probe] = []
        for (index, line) in data[..<whole].split(separator: UInt8(ascii: "\n")).enumerated() {
            do {
                probes.append(try JSONDecoder().decode(ProbeLine.self, from: line).checkedProbe())
            } catch let error as LineError {
                throw .malformed(path: path, line: index + 1, what: error.what)
            } catch {
                throw .malformed(path: path, line: index + 1, what: SampleLine.cause(of: error))
            }
        }
        return (probes, whole)
    }
}
