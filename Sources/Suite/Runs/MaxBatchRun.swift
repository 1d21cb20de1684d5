package import Basics
internal import Foundation
internal import Isolation
internal import Machine
internal import Measurement
internal import Qwen
package import Reporting
package import Sweep

/// Searches for the largest batch of one pair of lengths after the other, each attempt in a worker
/// process of its own.
///
/// It prints nothing.
package struct MaxBatchRun {
    package var settings: CoreSettings
    package var pairs: [LengthPair]
    /// Bytes that a process may hold: each, where ranks run the model.
    package var memoryLimit: Int
    package var timeLimits: TimeLimits
    package var range: ClosedRange<Int>
    package var confirmations: Int
    /// Seconds that an attempt has, and a worker to load; nil for as long as it takes.
    package var attemptTimeout: Double?
    package var destination: ReportDestination
    /// Of the tables and the page of the report; nil for those that have both, and an English page.
    package var language: Language?
    package var caller: Caller

    /// What came of it.
    package struct Result {
        package let report: MaxBatchReport
        /// Where it lies.
        package let path: String
        package let isInterrupted: Bool
    }

    package init(
        _ settings: CoreSettings, pairs: [LengthPair], memoryLimit: Int,
        to destination: ReportDestination, timeLimits: TimeLimits = TimeLimits(),
        range: ClosedRange<Int> = 1...1024, confirmations: Int = 1, caller: Caller = Caller()
    ) {
        self.settings = settings
        self.pairs = pairs
        self.memoryLimit = memoryLimit
        self.destination = destination
        self.timeLimits = timeLimits
        self.range = range
        self.confirmations = confirmations
        self.caller = caller
    }

    /// Searches for every pair, and writes the report; every attempt is kept as it comes.
    ///
    /// - Throws: errors of bad input before anything was tried, `QwenError.doesNotFit` where the weights
    ///   alone are over the limit among them; `ReportingError` when the disk refuses.
    package func run() throws -> Result {
        let source = try settings.source()
        if case .new(let path?) = destination { try ReportDirectory.checkVacant(path) }
        let lock = try destination.lock()
        let machine = MachineDescription.read()
        // Before packing, which writes as many bytes.
        try checkWeights(of: source)
        caller.progress?.note("packing weights")
        let packed = try packed(source)
        var workers = settings
        if let packed {
            workers.model = nil
            workers.weights = packed.path
            workers.precision = nil
        }
        let search = Search(asked: self, workers: workers, source: source)
        let (identity, facts) = try search.start()
        for warning in facts.warnings { caller.warn(warning) }
        let directory = try directory(
            for: manifest(identity, facts, machine), under: lock)
        directory.language = language
        caller.didLoad()
        for pair in pairs where !caller.isCancelled() {
            directory.add(
                MaxBatchReport.Entry(pair: pair, result: try search.run(pair, in: directory)))
        }
        withExtendedLifetime(packed) {}
        let report = directory.report
        let isInterrupted = caller.isCancelled()
        try directory.end(isInterrupted ? .interrupted : .completed)
        return Result(report: report, path: directory.path, isInterrupted: isInterrupted)
    }

    private func manifest(
        _ identity: EngineIdentity, _ facts: RunFacts, _ machine: MachineDescription
    ) throws(ReportingError) -> Manifest {
        var manifest = Manifest(
            toolVersion: caller.toolVersion, commandLine: caller.commandLine,
            buildConfiguration: BuildConfiguration.name, engine: identity,
            fingerprint: facts.fingerprint,
            grid: Grid(batches: [range.lowerBound], pairs: pairs, warmup: 0))
        manifest.warnings = facts.warnings
        manifest.labels = caller.labels
        try manifest.set("machine", to: machine)
        try facts.write(to: &manifest)
        try manifest.set("limits", to: limits)
        try manifest.set("working_directory", to: FileManager.default.currentDirectoryPath)
        return manifest
    }

    private func directory(
        for manifest: Manifest, under lock: DirectoryLock?
    ) throws(ReportingError) -> MaxBatchDirectory {
        if case .resumed(let path, _) = destination, let lock {
            return try MaxBatchDirectory(resuming: path, under: lock, manifest: manifest)
        }
        return try MaxBatchDirectory(
            path: destination.newPath(for: manifest.engine, suffix: "-max-batch"),
            manifest: manifest)
    }

    /// The weights packed once for all worker processes; nil if they are packed already, or are for
    /// ranks, each of which packs its part.
    private func packed(_ source: ModelSource) throws -> TemporaryPackedFile? {
        guard settings.machine.rankCount == 1, case .tensors(let tensors) = source.weights else {
            return nil
        }
        return try TemporaryPackedFile(
            source, tensors: tensors, on: settings.machine.execution().pool)
    }

    /// What the limits are and how they are kept, for the manifest.
    package struct Limits: Encodable {
        package let memoryBytes: Int
        package let memoryMethod: String
        package let ttftMs: Double?
        package let tpotMs: Double?
        package let leastPositions: Int
        package let leastBatch: Int
        package let mostBatch: Int
        package let confirmations: Int
    }

    package var limits: Limits {
        Limits(
            memoryBytes: memoryLimit,
            memoryMethod: "resident size of \(holder), looked at every 20 ms; ended above it",
            ttftMs: timeLimits.ttft, tpotMs: timeLimits.tpot,
            leastPositions: settings.leastPositions, leastBatch: range.lowerBound,
            mostBatch: range.upperBound, confirmations: confirmations)
    }

    private var holder: String {
        settings.machine.rankCount > 1 ? "each rank" : "the process"
    }

    private func checkWeights(of source: ModelSource) throws {
        let weights = try Search(asked: self, workers: settings, source: source).estimate(
            batch: 1, positions: 1
        ).weightBytes
        guard weights < memoryLimit else {
            throw QwenError.doesNotFit(
                what: (settings.machine.rankCount > 1 ? "a rank's part of " : "")
                    + "the weights of \(source.configuration.name)", needed: weights,
                available: memoryLimit, arithmetic: "packed in \(source.precision.rawValue)")
        }
    }
}

/// The search itself, in worker processes.
private struct Search {
    let asked: MaxBatchRun
    /// What the worker processes are told.
    let workers: CoreSettings
    /// Where the weights come from.
    let source: ModelSource

    /// A first process, to learn what runs and what it takes before any session.
    func start() throws -> (identity: EngineIdentity, facts: RunFacts) {
        let engine = try worker(memoryLimit: nil)
        var facts = try RunFacts(json: engine.facts[[:]])
        // The workers read a packed copy, which says nothing of where the weights come from.
        facts.weights.origin = source.origin.rawValue
        facts.weights.path = source.path
        facts.weights.seed = source.seed
        facts.weights.fingerprint = try source.fingerprint()
        return (engine.identity, facts)
    }

    /// Searches, each attempt kept in the directory as it comes.
    func run(_ pair: LengthPair, in directory: MaxBatchDirectory) throws -> MaxBatchSearch.Result {
        let positions = max(pair.input + pair.output, workers.leastPositions)
        // What a process holds beside weights and session.
        let engine = try worker(memoryLimit: nil)
        let weights = try estimate(batch: 1, positions: 1).weightBytes
        let overhead = max(0, (engine.residentBytes ?? weights) - weights)
        func predicted(_ batch: Int) -> Int? {
            (try? estimate(batch: batch, positions: positions)).map { $0.totalBytes + overhead }
        }
        // Nothing predicts times, so with limits on them the search goes up from the least.
        let bound = largestBatch { predicted($0).map { $0 <= asked.memoryLimit } ?? false }
        var search = MaxBatchSearch(range: asked.range, confirmations: asked.confirmations)
        if asked.timeLimits.isEmpty {
            search.predicted = bound
        }
        func probe(_ batch: Int) throws -> Probe? {
            let point = Point(batch: batch, inputLength: pair.input, outputLength: pair.output)
            if let earlier = directory.takeEarlier(point) { return earlier }
            let probe = try attempt(point, predictedBytes: predicted(batch))
            // What was asked to stop and failed then says nothing of its batch.
            if asked.caller.isCancelled(), probe.status != .ok { return nil }
            try directory.record(probe)
            asked.caller.progress?.announce(probe)
            return probe
        }
        return try search.run(probe, isCancelled: asked.caller.isCancelled)
    }

    private func attempt(_ point: Point, predictedBytes: Int?) throws -> Probe {
        asked.caller.progress?.note(
            "\(point.inputLength)x\(point.outputLength): trying batch \(point.batch)")
        let engine: WorkerEngine
        do {
            engine = try worker(memoryLimit: asked.memoryLimit)
        } catch let failure as WorkerFailure {
            return Probe(
                point: point, status: failure.status, reason: failure.reason,
                predictedBytes: predictedBytes, peakBytes: nil, observation: nil)
        }
        do {
            try engine.prepare(point)
            let observation = try engine.run(Workload(shape: point.shape, seed: workers.seed))
            let sample = try Repetition(
                point: point, index: 0, seed: workers.seed, calls: .detail(observation)
            ).sample
            return Probe(
                point: point, status: .ok, reason: asked.timeLimits.broken(by: sample)?.en,
                predictedBytes: predictedBytes, peakBytes: engine.peakBytes,
                observation: observation,
                conditions: engine.conditions())
        } catch {
            return Probe(
                point: point, status: Status(of: error), reason: String(describing: error),
                predictedBytes: predictedBytes, peakBytes: engine.peakBytes, observation: nil)
        }
    }

    private func worker(memoryLimit: Int?) throws -> WorkerEngine {
        let command = try workers.command(
            pointTimeout: asked.attemptTimeout, memoryLimit: memoryLimit)
        return try WorkerEngine { _ in command }
    }

    /// Of the model, or of the largest part that a rank has of it.
    func estimate(batch: Int, positions: Int) throws -> Qwen.MemoryEstimate {
        let estimates = try workers.parts(of: source.configuration).map {
            try Qwen.MemoryEstimate(
                $0, precision: source.precision, cache: workers.kvCache, batch: batch,
                capacity: positions, workers: workerCount)
        }
        return estimates.dropFirst().reduce(estimates[0]) {
            $1.totalBytes > $0.totalBytes ? $1 : $0
        }
    }

    /// As many threads as the workers, or each rank, will have.
    private var workerCount: Int {
        workers.machine.threads
            ?? max(1, ProcessInfo.processInfo.processorCount / workers.machine.rankCount)
    }

    /// The largest batch of the range that fits; nil if none does.
    private func largestBatch(_ fits: (Int) -> Bool) -> Int? {
        guard fits(asked.range.lowerBound) else { return nil }
        var low = asked.range.lowerBound
        var high = asked.range.upperBound
        while low < high {
            let middle = low + (high - low + 1) / 2
            if fits(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
