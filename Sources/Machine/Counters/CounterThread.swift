import CLinuxShims

/// A thread that has counters of its own.
struct CounterThread {
    /// The kernel's id.
    let id: Int32
    /// `worker 0` is the thread that calls the pool.
    let name: String

    /// The calling thread, then the pool's threads in their order.
    ///
    /// - Parameter caller: the id of the calling thread, of recorded machines another.
    static func all(caller: Int32 = cls_thread_id(), files: SystemFiles) -> [CounterThread] {
        var workers: [(index: Int, id: Int32)] = []
        for id in files.numbers(in: "proc/self/task", prefix: "") {
            guard let id = Int32(exactly: id), id != caller,
                let name = files.text("proc/self/task/\(id)/comm"), name.hasPrefix("tokenmark-"),
                let index = Int(name.dropFirst("tokenmark-".count))
            else { continue }
            workers.append((index, id))
        }
        workers.sort { ($0.index, $0.id) < ($1.index, $1.id) }
        return [CounterThread(id: caller, name: "worker 0")]
            + workers.map { CounterThread(id: $0.id, name: "worker \($0.index)") }
    }
}
