import CLinuxShims

/// Where a worker was asked to sit and where it does.
package struct PinOutcome: Sendable, Equatable, Codable {
    /// What came of the request.
    package enum Result: Sendable, Equatable, Codable {
        /// The kernel accepted the CPU.
        case pinned
        /// The kernel refused it.
        case failed(ErrorNumber)
        /// No CPU was asked for.
        case skipped
    }

    /// The index of the worker.
    package let worker: Int
    /// The CPU it was asked to sit on; nil if that was left to the scheduler.
    package let askedCPU: Int?
    package let result: Result
    /// The affinity mask, read back; nil where the kernel does not tell.
    package let allowedCPUs: CPUSet?
    /// The CPU it ran on after the request; nil where the kernel does not tell.
    package let runningOn: Int?

    package init(
        worker: Int, askedCPU: Int?, result: Result, allowedCPUs: CPUSet?, runningOn: Int?
    ) {
        self.worker = worker
        self.askedCPU = askedCPU
        self.result = result
        self.allowedCPUs = allowedCPUs
        self.runningOn = runningOn
    }

    /// Whether the worker can run on nothing but the CPU that was asked for.
    package var isPinned: Bool {
        guard let askedCPU, result == .pinned else { return false }
        return allowedCPUs == CPUSet([askedCPU]) && runningOn == askedCPU
    }

    /// Pins the calling thread and reads back what came of it.
    static func pinCallingThread(worker: Int, cpu: Int?) -> PinOutcome {
        var result = Result.skipped
        if let cpu {
            let error = CPUAffinity.set(CPUSet([cpu]))
            result = error.map(Result.failed) ?? .pinned
        }
        let running = Int(cls_current_cpu())
        return PinOutcome(
            worker: worker,
            askedCPU: cpu,
            result: result,
            allowedCPUs: CPUAffinity.current,
            runningOn: running < 0 ? nil : running)
    }
}
