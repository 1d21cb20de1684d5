internal import Basics
internal import Machine
internal import Measurement
internal import Qwen
internal import Sweep

/// The inference core as an engine of a sweep: random prompts, greedy tokens, no early stop, and
/// the stamps of every step.
final class QwenEngine: Engine {
    let identity: EngineIdentity

    let model: Model
    private let availableBytes: Int
    private let measuresRoof: Bool
    private let leastPositions: Int
    private(set) var session: Session?
    /// Where calls are recorded, operator by operator; nil where they are not.
    private var recorder: SpanRecorder?
    /// What is counted beside calls; nil where nothing is.
    var meter: PhaseMeter?
    /// Where the memory of the session lies, as seen when it was made.
    private var placement: MemoryPlacement?
    /// The prompts of the batch, one after the other.
    private var prompts: [Int32] = []
    /// The token each sequence chose last.
    private var chosen: [Int32] = []
    /// What else happened during the last call.
    private var lastConditions: RunConditions?
    /// The CPUs that the threads run on; nil where they are not pinned.
    let cpus: CPUSet?
    /// (batch, outputLength) ids.
    private var outputs: [Int32] = []

    /// - Parameters:
    ///   - measuresRoof: whether the roof is measured beside every repetition.
    ///   - leastPositions: positions that every sequence has room for, if input and output are fewer.
    init(_ loaded: LoadedModel, measuresRoof: Bool = false, leastPositions: Int = 0) {
        self.leastPositions = leastPositions
        self.measuresRoof = measuresRoof
        model = loaded.model
        availableBytes = loaded.availableBytes
        let asked = model.execution.pool.pins.compactMap(\.askedCPU)
        cpus = asked.isEmpty ? nil : CPUSet(asked)
        identity = EngineIdentity(
            model: model.configuration.name,
            precision: loaded.precisionName,
            vocabularySize: model.configuration.vocabularySize,
            parameterCount: model.configuration.parameterCount)
    }

    func memoryEstimate(for point: Point) -> Sweep.MemoryEstimate? {
        guard
            let estimate = try? Qwen.MemoryEstimate(
                model.configuration,
                precision: model.precision,
                cache: model.cachePrecision,
                batch: point.batch,
                capacity: capacity(of: point),
                workers: model.execution.pool.workerCount,
                weightCopies: model.weightCopies)
        else { return nil }
        return Sweep.MemoryEstimate(
            weightsBytes: estimate.weightBytes,
            kvCacheBytes: estimate.kvCacheBytes,
            scratchBytes: estimate.scratchBytes)
    }

    private func capacity(of point: Point) -> Int {
        max(point.inputLength + point.outputLength, leastPositions)
    }

    func costs(of point: Point) -> PhaseCosts? {
        guard
            let costs = try? ForwardCosts(
                model.configuration, precision: model.precision, cache: model.cachePrecision)
        else { return nil }
        return PhaseCosts(
            prefill: Cost(costs.prefill(batch: point.batch, length: point.inputLength)),
            decode: point.outputLength == 1
                ? nil
                : Cost(
                    costs.decode(
                        batch: point.batch, inputLength: point.inputLength,
                        steps: point.outputLength - 1)))
    }

    func conditions() -> RunConditions? {
        var conditions = lastConditions
        conditions?.problems += placement?.violations ?? []
        return conditions
    }

    func memoryUse() -> MemoryUse? {
        var use = MemoryUse(peakResidentBytes: ProcessMemory.current().peakResidentBytes)
        use.weightsHugePageBytes = model.weightHugePageBytes
        use.nodeBytes = placement?.regions.mapValues { nodes in
            Dictionary(uniqueKeysWithValues: nodes.map { ("\($0)", $1) })
        }
        return use
    }

    func measureRoof() -> Roof? {
        guard measuresRoof else { return nil }
        let probe = RoofProbe(model.execution)
        let bandwidth = probe.readBandwidth(of: model)
        return probe.computePeak(model.precision, passes: 3).map {
            Roof(readBytesPerSecond: bandwidth, operationsPerSecond: $0)
        }
    }

    func prepare(_ point: Point) throws {
        let capacity = capacity(of: point)
        if session?.batch != point.batch || session?.capacity != capacity {
            // The old session's memory goes before the new one's is asked for.
            session = nil
            placement = nil
            ProcessMemory.resetPeak()
            do {
                session = try Session(
                    model: model, batch: point.batch, capacity: capacity,
                    availableBytes: availableBytes)
            } catch let error as QwenError where error.saysItCannotRunHere {
                throw UnrunnablePoint(reason: error.description)
            }
            placement = session?.memoryPlacement()
        }
        prompts = [Int32](repeating: 0, count: point.batch * point.inputLength)
        chosen = [Int32](repeating: 0, count: point.batch)
        outputs = [Int32](repeating: 0, count: point.batch * point.outputLength)
        session?.start(
            promptLengths: Array(repeating: point.inputLength, count: point.batch))
    }

    func run(_ workload: Workload, into trace: inout Trace) throws -> Completion {
        guard let session else { preconditionFailure("run before prepare") }
        let batch = workload.batch
        let length = workload.outputLength
        drawPrompts(seed: workload.seed)
        recorder?.reset()
        session.start(promptLengths: Array(repeating: workload.inputLength, count: batch))

        let hertz = FrequencyProbe.hertz()
        let disturbed = DisturbanceMeter(cpus: cpus)
        meter?.callBegins()
        trace.markCallEntry()
        for step in 0..<length {
            recorder?.beginStep(step)
            trace.markLoopTop()
            if step == 0 {
                prompts.withUnsafeBufferPointer { session.stagePrompts($0) }
            } else {
                chosen.withUnsafeBufferPointer { session.stageTokens($0) }
            }
            trace.markInputsPrepared()
            session.forward()
            trace.markForwardDone()
            for sequence in 0..<batch {
                let token = try session.greedyToken(sequence)
                chosen[sequence] = token
                outputs[sequence * length + step] = token
            }
            trace.markTokenBooked()
            meter?.stepEnded(step)
        }
        trace.markCallEnd()
        meter?.callEnded()
        let disturbances = disturbed.difference()
        lastConditions = RunConditions(
            disturbances, pins: model.execution.pool.pins, hertz: (hertz, FrequencyProbe.hertz()))
        return Completion(
            sequences: (0..<batch).map { sequence in
                outputs[sequence * length..<(sequence + 1) * length].map(Int.init)
            })
    }

    /// Records the calls from now on, each over the one before; nil stops that.
    ///
    /// - Precondition: a point is prepared.
    func record(into recorder: SpanRecorder?) {
        self.recorder = recorder
        session?.record(into: recorder)
    }

    /// Ids uniform over the vocabulary, as the documents' driver draws them.
    private func drawPrompts(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let vocabulary = UInt64(identity.vocabularySize)
        for index in prompts.indices {
            prompts[index] = Int32(generator.next() % vocabulary)
        }
    }
}

extension Cost {
    init(_ cost: ForwardCosts.Cost) {
        self.init(bytes: cost.bytes, operations: cost.operations)
    }
}
