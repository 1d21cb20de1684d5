import CLinuxShims

/// The CPUs that threads may run on.
enum CPUAffinity {
    /// The mask of the calling thread; nil where the kernel refuses to tell.
    static var current: CPUSet? {
        var count = 0
        let ids = [Int32](unsafeUninitializedCapacity: CPUSet.limit) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            if cls_get_affinity(0, base, buffer.count, &count) == 0 {
                initialized = count
            }
        }
        return ids.isEmpty ? nil : CPUSet(ids.lazy.map(Int.init).filter { $0 < CPUSet.limit })
    }

    /// Gives a thread (0: the calling one) exactly these CPUs; the error if the kernel refuses.
    static func set(_ cpus: CPUSet, thread: Int32 = 0) -> ErrorNumber? {
        let ids = cpus.ids.map(Int32.init)
        let code = cls_set_affinity(thread, ids, ids.count)
        return code == 0 ? nil : ErrorNumber(code)
    }
}
