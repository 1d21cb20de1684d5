internal import Foundation
internal import Kernels
internal import Machine
internal import Qwen
internal import Reporting

/// The sections of a manifest that only the process with the model knows.
struct RunFacts: Codable {
    struct Execution: Codable {
        let threads: Int
        /// nil where the threads are not pinned.
        let askedCpus: [Int]?
        let pins: [PinOutcome]
        /// Why threads that were to be pinned are not.
        let pinsRefused: String?
        let numaPolicy: String
        let instructionSet: String
        let usableInstructionSets: [String]
        let kvCachePrecision: String
    }

    struct Weights: Codable {
        var origin: String
        var path: String?
        /// The commit, of a snapshot in the Hugging Face cache.
        var revision: String?
        var seed: UInt64?
        /// Of the files; nil where the weights are random.
        var fingerprint: String?
        let packedBytes: Int
        let hugePageBytes: Int?
        let loadSeconds: Double
        /// On which nodes they lie, and of each thread's share how much on its own.
        let placement: MemoryPlacement
    }

    let execution: Execution
    var weights: Weights
    /// What the user should know, one line each.
    let warnings: [String]

    /// - Throws: `MachineError` for weights that can no longer be read.
    init(_ loaded: LoadedModel, loadSeconds: Double) throws {
        let run = loaded.model.execution
        let asked = run.pool.pins.compactMap(\.askedCPU)
        execution = Execution(
            threads: run.pool.workerCount,
            askedCpus: asked.count == run.pool.workerCount ? asked : nil,
            pins: run.pool.pins,
            pinsRefused: run.pinRefusal?.description,
            numaPolicy: run.policy.description,
            instructionSet: run.instructionSet.rawValue,
            usableInstructionSets: InstructionSetChoice.usableNames,
            kvCachePrecision: loaded.model.cachePrecision.rawValue)
        let placement = loaded.model.memoryPlacement()
        weights = Weights(
            origin: loaded.source.origin.rawValue,
            path: loaded.source.path,
            revision: loaded.source.path.flatMap { HubSnapshot(path: $0)?.revision },
            seed: loaded.source.seed,
            fingerprint: try loaded.source.fingerprint(),
            packedBytes: loaded.model.weightBytes,
            hugePageBytes: loaded.model.weightHugePageBytes,
            loadSeconds: loadSeconds,
            placement: placement)
        warnings =
            run.pool.pins.filter { $0.askedCPU != nil && !$0.isPinned }.map {
                "thread \($0.worker) is not where it was asked to be: \($0.result)"
            }
            + [
                loaded.note,
                run.pinRefusal.map {
                    "threads are left to the scheduler, as pins are not permitted here: \($0)"
                },
                placement.refused.map {
                    "memory lies as the kernel chose, as no policy is permitted here: \($0)"
                },
            ].compactMap(\.self)
    }

    /// Reads what a worker process said.
    ///
    /// - Throws: `UsageError` when it said nothing that can be read: it is of another version.
    init(json: String?) throws {
        do {
            self = try JSONDecoder().decode(RunFacts.self, from: Data((json ?? "").utf8))
        } catch {
            throw UsageError("the worker process does not describe itself: \(error)")
        }
    }

    /// Adds the sections `execution` and `weights`.
    func write(to manifest: inout Manifest) throws(ReportingError) {
        try manifest.set("execution", to: execution)
        try manifest.set("weights", to: weights)
    }
}
