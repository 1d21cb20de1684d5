internal import Basics
package import Machine
package import Measurement
package import Qwen
package import Sweep

/// The inference core as an engine of a sweep: random prompts, greedy tokens, no early stop, and
/// the stamps of every step.
package final class QwenEngine: Engine, CostCounting, RoofMeasuring, MemoryCounting,
    ConditionReporting
{
    package let identity: EngineIdentity
    /// What is known of the model and of its threads.
    package let facts: RunFacts

    package let model: Model
    private let availableBytes: Int
    private let measuresRoof: Bool
    private let leastPositions: Int
    /// Where the ranks of the model meet; nil for a model in one process.
    private let meeting: RankMeeting?
    package private(set) var session: Session?
    /// Where calls are recorded, operator by operator; nil where they are not.
    private var recorder: SpanRecorder?
    /// What is counted beside calls; nil where nothing is.
    package var meter: PhaseMeter?
    /// Where the memory of the session lies, as seen when it was made.
    private var placement: MemoryPlacement?
    /// The prompts of the batch, one after the other.
    private var prompts: [Int32] = []
    /// The token each sequence chose last.
    private var chosen: [Int32] = []
    /// What else happened during the last call.
    private var lastConditions: RunConditions?
    /// What was measured last.
    private var lastRoof: Roof?
    /// The CPUs that the threads run on; nil where they are not pinned.
    package let cpus: CPUSet?
    /// (batch, outputLength) ids.
    private var outputs: [Int32] = []

    /// - Parameters:
    ///   - facts: what is known of the model and of its threads.
    ///   - measuresRoof: whether the roof is measured beside every repetition.
    ///   - leastPositions: positions that every sequence has room for, if input and output are fewer.
    ///   - meeting: where the ranks of the model meet, if this is one of several, all of which are asked
    ///     the same.
    package init(
        _ loaded: LoadedModel, _ facts: RunFacts, measuresRoof: Bool = false,
        leastPositions: Int = 0, meeting: RankMeeting? = nil
    ) {
        self.facts = facts
        self.meeting = meeting
        self.leastPositions = leastPositions
        self.measuresRoof = measuresRoof
        model = loaded.model
        availableBytes = loaded.availableBytes
        let asked = model.execution.pool.pins.compactMap(\.askedCPU)
        cpus = asked.isEmpty ? nil : CPUSet(asked)
        identity = EngineIdentity(loaded)
    }

    package var fingerprint: Fingerprint { facts.fingerprint }

    package func memoryEstimate(for point: Point) -> Sweep.MemoryEstimate? {
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

    package func costs(of point: Point) -> PhaseCosts? {
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

    package func conditions() -> [RunConditions] {
        guard var conditions = lastConditions else { return [] }
        conditions.problems += placement?.violations ?? []
        return [conditions]
    }

    package func memoryUse() -> MemoryUse? {
        var use = MemoryUse(peakResidentBytes: ProcessMemory.current().peakResidentBytes)
        use.weightsHugePageBytes = model.weightHugePageBytes
        use.nodeBytes = placement?.regions.mapValues { nodes in
            Dictionary(uniqueKeysWithValues: nodes.map { ("\($0)", $1) })
        }
        return use
    }

    package func measureRoof() -> Roof? {
        guard measuresRoof else { return nil }
        let probe = RoofProbe(model.execution)
        let bandwidth = probe.readBandwidth(of: model)
        lastRoof = probe.computePeak(model.precision, passes: 3).map {
            Roof(readBytesPerSecond: bandwidth, operationsPerSecond: $0)
        }
        return lastRoof
    }

    package func prepare(_ point: Point, positions: Int) throws {
        let capacity = max(positions, leastPositions)
        if session?.batch != point.batch || session?.capacity != capacity {
            // The old session's memory goes before the new one's is asked for.
            session = nil
            placement = nil
            ProcessMemory.resetPeak()
            do {
                session = try Session(
                    model: model, batch: point.batch, capacity: capacity,
                    availableBytes: availableBytes, meeting: meeting)
            } catch let error as QwenError where error.saysItCannotRunHere {
                throw UnrunnablePoint(reason: error.description)
            }
            placement = session?.memoryPlacement()
        }
        prompts = [Int32](repeating: 0, count: point.batch * point.inputLength)
        chosen = [Int32](repeating: 0, count: point.batch)
        outputs = [Int32](repeating: 0, count: point.batch * point.outputLength)
        session?.start(
            promptLengths: Array(
                repeating: min(point.inputLength, capacity), count: point.batch))
    }

    package func run(_ workload: Workload) throws -> Observation {
        guard let session else { preconditionFailure("run before prepare") }
        let batch = workload.batch
        let room = workload.outputLength
        let inputs = (0..<batch).map {
            workload.requests?[$0].inputLength ?? workload.inputLength
        }
        let limits = (0..<batch).map { workload.requests?[$0].outputLimit ?? room }
        let length = limits.max() ?? 0
        let promptCount = try drawPrompts(workload)
        recorder?.reset()
        session.start(promptLengths: inputs)
        var running = Array(0..<batch)

        var trace = Trace(
            capacity: workload.stampsSteps ? length : 0, stampsSteps: workload.stampsSteps)
        let hertz = FrequencyProbe.hertz()
        let disturbed = DisturbanceMeter(cpus: cpus)
        meeting?.begin()
        var spent = SpentTime(meeting)
        meter?.callBegins()
        trace.markCallEntry()
        for step in 0..<length {
            recorder?.beginStep(step)
            trace.markLoopTop()
            if step == 0 {
                prompts.withUnsafeBufferPointer {
                    session.stagePrompts(UnsafeBufferPointer(rebasing: $0[..<promptCount]))
                }
            } else {
                chosen.withUnsafeBufferPointer {
                    session.stageTokens(UnsafeBufferPointer(rebasing: $0[..<running.count]))
                }
            }
            trace.markInputsPrepared()
            session.forward()
            trace.markForwardDone()
            // Those that have all their tokens leave; the others move up.
            var kept = 0
            for place in 0..<running.count {
                let sequence = running[place]
                let token = try session.greedyToken(sequence)
                outputs[sequence * room + step] = token
                if step + 1 < limits[sequence] {
                    chosen[kept] = token
                    running[kept] = sequence
                    kept += 1
                } else if step + 1 < length {
                    session.retire(sequence)
                }
            }
            running.removeLast(running.count - kept)
            trace.markTokenBooked()
            if step == 0 { spent.promptsEnded(meeting) }
            meter?.stepEnded(step)
        }
        trace.markCallEnd()
        meter?.callEnded()
        let disturbances = disturbed.difference()
        lastConditions = RunConditions(
            disturbances, pins: model.execution.pool.pins, hertz: (hertz, FrequencyProbe.hertz()))
        if let share = model.share {
            lastConditions?.process =
                "rank \(share.rank)" + (facts.execution.hosts.map { " on \($0.name)" } ?? "")
            var share = spent.share(meeting, trace)
            share.peakResidentBytes = ProcessMemory.current().peakResidentBytes
            share.cpus = cpus?.ids
            share.roof = lastRoof
            lastConditions?.share = share
        }
        let completion = Completion(
            sequences: (0..<batch).map { sequence in
                outputs[sequence * room..<sequence * room + limits[sequence]].map(Int.init)
            })
        return Observation(batch: trace, inputs: inputs, completion)
    }

    /// Records the calls from now on, each over the one before; nil stops that.
    ///
    /// - Precondition: a point is prepared.
    package func record(into recorder: SpanRecorder?) {
        self.recorder = recorder
        session?.record(into: recorder)
    }

    /// Lays the prompts out one after the other.
    ///
    /// - Returns: how many tokens they are.
    /// - Throws: `QwenError` for a token that the model has no row for.
    private func drawPrompts(_ workload: Workload) throws -> Int {
        let vocabulary = model.whole.vocabularySize
        guard let requests = workload.requests else {
            // Ids uniform over the vocabulary, as the documents' driver draws them.
            var generator = SplitMix64(seed: workload.seed)
            for index in prompts.indices {
                prompts[index] = Int32(generator.next() % UInt64(vocabulary))
            }
            return prompts.count
        }
        var count = 0
        for request in requests {
            let tokens = request.promptTokens(vocabularySize: vocabulary)
            try model.whole.checkRows(of: tokens)
            for token in tokens {
                prompts[count] = Int32(token)
                count += 1
            }
        }
        return count
    }
}

extension EngineIdentity {
    /// Of a model that the core runs.
    package init(_ loaded: LoadedModel) {
        let configuration = loaded.model.whole
        self.init(
            model: configuration.name, precision: loaded.precisionName,
            vocabularySize: configuration.vocabularySize,
            parameterCount: configuration.parameterCount)
    }

    /// Without what is said of an unusual cache.
    var precisionOfWeights: String {
        precision.firstRange(of: LoadedModel.cacheMark).map {
            String(precision[..<$0.lowerBound])
        } ?? precision
    }
}

extension Cost {
    package init(_ cost: ForwardCosts.Cost) {
        self.init(bytes: cost.bytes, operations: cost.operations)
    }
}
