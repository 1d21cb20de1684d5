import CLinuxShims

/// The pin of a thread that is not the pool's own, and what undoes it.
struct PinnedCaller {
    let pin: PinOutcome

    private let serial: UInt64
    private let thread: Int32
    /// The mask before; nil where the kernel does not tell.
    private let original: CPUSet?

    /// Pins the calling thread, as worker 0.
    init(cpu: Int?) {
        serial = cls_thread_serial()
        thread = cls_thread_id()
        original = CPUAffinity.current
        pin = .pinCallingThread(worker: 0, cpu: cpu)
    }

    /// Whether the calling thread is the one that was pinned.
    var isCurrent: Bool {
        serial == cls_thread_serial()
    }

    /// Gives the thread its mask back, if it still lives.
    func release() {
        guard pin.result == .pinned, let original, cls_thread_exists(thread) else { return }
        // Should the kernel refuse its own former mask, the pin remains, which harms no result.
        _ = CPUAffinity.set(original, thread: thread)
    }
}
