package import Basics
import Measurement
package import Sweep

/// What a search for the largest batch of one pair of lengths tried: an element of `max_batch.json`.
package struct MaxBatchCurve: Codable, Equatable, Sendable {
    /// One attempt.
    package struct Point: Codable, Equatable, Sendable {
        package var batch: Int
        package var passed: Bool
        /// nil in older reports, as are the four below.
        package var status: Status?
        /// Why it did not run, or which limit it broke; nil if it passed.
        package var reason: String?
        package var ttft: Double?
        package var tpot: Double?
        package var outputRate: Double?
        package var predictedBytes: Int?
        package var peakBytes: Int?

        package init(
            batch: Int, passed: Bool, status: Status? = nil, reason: String? = nil,
            ttft: Double? = nil, tpot: Double? = nil, outputRate: Double? = nil,
            predictedBytes: Int? = nil, peakBytes: Int? = nil
        ) {
            self.batch = batch
            self.passed = passed
            self.status = status
            self.reason = reason
            self.ttft = ttft
            self.tpot = tpot
            self.outputRate = outputRate
            self.predictedBytes = predictedBytes
            self.peakBytes = peakBytes
        }

        enum CodingKeys: String, CodingKey {
            case batch, passed, status, reason
            case ttft = "ttft_ms"
            case tpot = "tpot_ms"
            case outputRate = "e2e_tokens_per_s"
            case predictedBytes = "predicted_bytes"
            case peakBytes = "peak_bytes"
        }
    }

    static let fileName = "max_batch.json"

    package var input: Int
    package var output: Int
    /// The largest batch that passed; nil if none did.
    package var maxBatch: Int?
    /// Ascending by batch; of one batch in the order they were made.
    package var points: [Point]
    /// What the user should know, one line each; nil in older reports.
    package var notes: [Wording]?

    package init(
        input: Int, output: Int, maxBatch: Int?, points: [Point], notes: [Wording]? = nil
    ) {
        self.input = input
        self.output = output
        self.maxBatch = maxBatch
        self.points = points
        self.notes = notes
    }

    enum CodingKeys: String, CodingKey {
        case input = "input_tokens"
        case output = "output_tokens"
        case maxBatch = "max_batch"
        case points, notes
    }
}

extension MaxBatchCurve {
    init(_ entry: MaxBatchReport.Entry) {
        self.init(
            input: entry.pair.input, output: entry.pair.output, maxBatch: entry.result.batch,
            points: entry.result.probes.sorted { $0.point.batch < $1.point.batch }.map(Point.init),
            notes: entry.result.notes)
    }
}

extension MaxBatchCurve.Point {
    init(_ probe: Probe) {
        self.init(
            batch: probe.point.batch, passed: probe.passed, status: probe.status,
            reason: probe.reason, ttft: probe.sample?.ttft, tpot: probe.sample?.tpot,
            outputRate: probe.sample?.outputRate, predictedBytes: probe.predictedBytes,
            peakBytes: probe.peakBytes)
    }
}
