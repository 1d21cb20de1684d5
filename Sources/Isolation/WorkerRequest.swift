import Measurement
import Sweep

/// What a sweep asks of its worker process: one line of JSON each, answered by one line.
enum WorkerRequest: Codable, Equatable {
    /// What a point would take and must do, computed from shapes.
    case describe(batch: Int, inputLength: Int, outputLength: Int)
    case prepare(batch: Int, inputLength: Int, outputLength: Int, positions: Int)
    case run(
        batch: Int, inputLength: Int, outputLength: Int, seed: UInt64, requests: [Request]?,
        stampsSteps: Bool)
    case roof
    case memory
    /// What an engine does beside the points of a sweep.
    case perform(task: String)
    /// No more of what is being performed; it is answered all the same, and this is not.
    case stop

    static func describe(_ point: Point) -> WorkerRequest {
        .describe(
            batch: point.batch, inputLength: point.inputLength, outputLength: point.outputLength)
    }

    static func prepare(_ point: Point, positions: Int) -> WorkerRequest {
        .prepare(
            batch: point.batch, inputLength: point.inputLength, outputLength: point.outputLength,
            positions: positions)
    }

    static func run(_ workload: Workload) -> WorkerRequest {
        .run(
            batch: workload.batch, inputLength: workload.inputLength,
            outputLength: workload.outputLength, seed: workload.seed,
            requests: workload.requests, stampsSteps: workload.stampsSteps)
    }
}
