internal import Foundation
internal import Isolation
internal import Measurement
internal import Qwen
internal import Reporting
internal import Sweep

/// Searches for the largest batch of one pair of lengths after the other, each attempt in a worker
/// process of its own.
struct MaxBatchRun {
    var settings: WorkerSettings
    let source: ModelSource
    /// Bytes that a process may hold.
    let memoryLimit: Int
    let timeLimits: TimeLimits
    let range: ClosedRange<Int>
    let confirmations: Int
    /// Seconds that an attempt has, and a worker to load; nil for as long as it takes.
    let attemptTimeout: Double?
    let progress: ProgressView

    /// What the limits are and how they are kept, for the manifest.
    struct Limits: Encodable {
        let memoryBytes: Int
        let memoryMethod: String
        let ttftMs: Double?
        let tpotMs: Double?
        let leastPositions: Int
        let leastBatch: Int
        let mostBatch: Int
        let confirmations: Int
    }

    var limits: Limits {
        Limits(
            memoryBytes: memoryLimit,
            memoryMethod: "resident size of the process, looked at every 20 ms; ended above it",
            ttftMs: timeLimits.ttft, tpotMs: timeLimits.tpot,
            leastPositions: settings.leastPositions, leastBatch: range.lowerBound,
            mostBatch: range.upperBound, confirmations: confirmations)
    }

    /// - Throws: `QwenError.doesNotFit` when the weights alone are over the limit.
    func checkWeights() throws {
        let weights = try estimate(batch: 1, positions: 1).weightBytes
        guard weights < memoryLimit else {
            throw QwenError.doesNotFit(
                what: "the weights of \(source.configuration.name)", needed: weights,
                available: memoryLimit, arithmetic: "packed in \(source.precision.rawValue)")
        }
    }

    /// A first process, to learn what runs and what it takes before any session.
    func start() throws -> (identity: EngineIdentity, facts: RunFacts) {
        let engine = try worker(memoryLimit: nil)
        var facts = try RunFacts(json: engine.facts[.inherited])
        // The workers read a packed copy, which says nothing of where the weights come from.
        facts.weights.origin = source.origin.rawValue
        facts.weights.path = source.path
        facts.weights.seed = source.seed
        facts.weights.fingerprint = try source.fingerprint()
        return (engine.identity, facts)
    }

    /// Searches, each attempt kept in the directory as it comes.
    func run(_ pair: LengthPair, in directory: MaxBatchDirectory) throws -> MaxBatchSearch.Result {
        let positions = max(pair.input + pair.output, settings.leastPositions)
        // What a process holds beside weights and session.
        let engine = try worker(memoryLimit: nil)
        let weights = try estimate(batch: 1, positions: 1).weightBytes
        let overhead = max(0, (engine.residentBytes ?? weights) - weights)
        func predicted(_ batch: Int) -> Int? {
            (try? estimate(batch: batch, positions: positions)).map { $0.totalBytes + overhead }
        }
        // Nothing predicts times, so with limits on them the search goes up from the least.
        let bound = largestBatch { predicted($0).map { $0 <= memoryLimit } ?? false }
        var search = MaxBatchSearch(range: range, confirmations: confirmations)
        if timeLimits.isEmpty {
            search.predicted = bound
        }
        func probe(_ batch: Int) throws -> Probe? {
            let point = Point(batch: batch, inputLength: pair.input, outputLength: pair.output)
            if let earlier = directory.takeEarlier(point) { return earlier }
            let probe = try attempt(point, predictedBytes: predicted(batch))
            // What was asked to stop and failed then says nothing of its batch.
            if Interruption.isRequested, probe.status != .ok { return nil }
            try directory.record(probe)
            progress.announce(probe)
            return probe
        }
        return try search.run(probe, isCancelled: { Interruption.isRequested })
    }

    private func attempt(_ point: Point, predictedBytes: Int?) throws -> Probe {
        progress.note("\(point.inputLength)x\(point.outputLength): trying batch \(point.batch)")
        let engine: WorkerEngine
        do {
            engine = try worker(memoryLimit: memoryLimit)
        } catch let failure as WorkerFailure {
            return Probe(
                point: point, status: failure.status, reason: failure.reason,
                predictedBytes: predictedBytes, peakBytes: nil, trace: nil)
        }
        do {
            try engine.prepare(point)
            var trace = Trace(capacity: point.outputLength, stampsSteps: true)
            let completion = try engine.run(
                Workload(shape: point.shape, seed: settings.seed), into: &trace)
            let sample = try Repetition(
                point: point, index: 0, seed: settings.seed, calls: .detail(trace),
                completion: completion
            ).sample
            return Probe(
                point: point, status: .ok, reason: timeLimits.broken(by: sample),
                predictedBytes: predictedBytes, peakBytes: engine.peakBytes, trace: trace,
                conditions: engine.conditions())
        } catch {
            return Probe(
                point: point, status: Status(of: error), reason: String(describing: error),
                predictedBytes: predictedBytes, peakBytes: engine.peakBytes, trace: nil)
        }
    }

    private func worker(memoryLimit: Int?) throws -> WorkerEngine {
        let command = settings.command(
            pointTimeout: attemptTimeout, memoryLimit: memoryLimit)
        return try WorkerEngine { _ in command }
    }

    private func estimate(batch: Int, positions: Int) throws -> Qwen.MemoryEstimate {
        try Qwen.MemoryEstimate(
            source.configuration, precision: source.precision, cache: settings.kvCache,
            batch: batch, capacity: positions, workers: workerCount)
    }

    /// As many threads as the workers will have.
    private var workerCount: Int {
        settings.machine.threads ?? ProcessInfo.processInfo.processorCount
    }

    /// The largest batch of the range that fits; nil if none does.
    private func largestBatch(_ fits: (Int) -> Bool) -> Int? {
        guard fits(range.lowerBound) else { return nil }
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = low + (high - low + 1) / 2
            if fits(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
