internal import Foundation
internal import Kernels
package import Machine
package import Qwen
package import Reporting
package import Sweep

/// The sections of a manifest that only the process with the model knows.
package struct RunFacts: Codable {
    package struct Execution: Codable {
        package let threads: Int
        /// nil where the threads are not pinned.
        package let askedCpus: [Int]?
        package let pins: [PinOutcome]
        /// Why threads that were to be pinned are not.
        package let pinsRefused: String?
        package let numaPolicy: String
        package let instructionSet: String
        package let usableInstructionSets: [String]
        package let kvCachePrecision: String
        /// Processes that run the model together; nil where there is one.
        package var ranks: Int?
        /// nil where all ranks are on one host.
        package var hosts: Hosts?
    }

    /// How the hosts of a model's ranks work together.
    package struct Hosts: Codable {
        package let count: Int
        /// This one's name for itself.
        package let name: String
        /// In which precision sums travel.
        package let reduce: ReducePrecision
        /// What they take, as measured at the start; nil for a rank that does not speak for its host.
        package let sums: [HostSums.Timing]?

        package init(
            count: Int, name: String, reduce: ReducePrecision, sums: [HostSums.Timing]?
        ) {
            self.count = count
            self.name = name
            self.reduce = reduce
            self.sums = sums
        }
    }

    package struct Weights: Codable {
        package var origin: String
        package var path: String?
        /// The commit, of a snapshot in the Hugging Face cache.
        package var revision: String?
        package var seed: UInt64?
        /// Of the files; nil where the weights are random.
        package var fingerprint: String?
        package let packedBytes: Int
        package let hugePageBytes: Int?
        package let loadSeconds: Double
        /// On which nodes they lie, and of each thread's share how much on its own.
        package let placement: MemoryPlacement
    }

    package var execution: Execution
    package var weights: Weights
    /// What the user should know, one line each.
    package var warnings: [String]
    /// Of each rank, in their order; nil where there is one.
    package var ranks: [Rank]?

    package struct Rank: Codable {
        package let execution: Execution
        package let weights: Weights
    }

    /// What the ranks of a model say of themselves, each of its own part.
    ///
    /// - Precondition: there is at least one.
    package init(joining ranks: [RunFacts]) {
        self = ranks[0]
        self.ranks = ranks.map { Rank(execution: $0.execution, weights: $0.weights) }
        warnings = ranks.enumerated().flatMap { rank, facts in
            facts.warnings.map { "rank \(rank): \($0)" }
        }
    }

    /// - Throws: `MachineError` for weights that can no longer be read.
    package init(_ loaded: LoadedModel, loadSeconds: Double) throws {
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
            kvCachePrecision: loaded.model.cachePrecision.rawValue,
            ranks: loaded.model.share?.ranks)
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

    /// As a worker process says it.
    package func json() throws -> String {
        String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
    }

    /// What ranks have said, as one of them would say it of all.
    package static func joined(_ facts: [String]) -> String {
        let ranks = facts.compactMap { try? RunFacts(json: $0) }
        guard !ranks.isEmpty else { return "{}" }
        return (try? RunFacts(joining: ranks).json()) ?? facts[0]
    }

    /// Reads what a worker process said.
    ///
    /// - Throws: `UsageError` when it said nothing that can be read: it is of another version.
    package init(json: String?) throws {
        do {
            self = try JSONDecoder().decode(RunFacts.self, from: Data((json ?? "").utf8))
        } catch {
            throw UsageError("the worker process does not describe itself: \(error)")
        }
    }

    /// What decides the results of the core, but for the settings that a point varies.
    package var fingerprint: Fingerprint {
        func text<Value>(_ value: Value?) -> String { value.map { "\($0)" } ?? "not given" }
        var values: [(name: String, value: String)] = [
            ("threads", text(execution.threads)),
            ("asked cpus", text(execution.askedCpus?.map(String.init).joined(separator: ","))),
            ("numa policy", execution.numaPolicy), ("instruction set", execution.instructionSet),
            ("kv cache precision", execution.kvCachePrecision),
            // Where they lie decides nothing: the fingerprint says what they are.
            ("origin", weights.origin), ("seed", text(weights.seed)),
            ("packed bytes", text(weights.packedBytes)),
            ("weights' fingerprint", text(weights.fingerprint)),
        ]
        // Reports of one process say nothing of ranks, as they did before there were any.
        if let ranks = execution.ranks { values.append(("ranks", "\(ranks)")) }
        if let hosts = execution.hosts {
            values += [("hosts", "\(hosts.count)"), ("reduce", hosts.reduce.rawValue)]
        }
        return Fingerprint(values)
    }

    /// Adds the sections `execution` and `weights`, and `ranks` where there are several.
    package func write(to manifest: inout Manifest) throws(ReportingError) {
        try manifest.set("execution", to: execution)
        try manifest.set("weights", to: weights)
        if let ranks { try manifest.set("ranks", to: ranks) }
    }
}
