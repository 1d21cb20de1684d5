import CLinuxShims

extension PinOutcome {
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
