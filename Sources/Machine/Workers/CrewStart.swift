import CLinuxShims
import Glibc

/// What a thread of the pool needs to begin.
final class CrewStart: Sendable {
    private let crew: Crew
    private let index: Int
    private let cpu: Int?

    init(crew: Crew, index: Int, cpu: Int?) {
        self.crew = crew
        self.index = index
        self.cpu = cpu
    }

    /// Starts the thread.
    ///
    /// - Throws: `MachineError.threadNotStarted`
    func launch() throws(MachineError) -> pthread_t {
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<CrewStart>.fromOpaque(argument).takeRetainedValue().begin()
                return nil
            }, retained.toOpaque())
        guard code == 0 else {
            retained.release()
            throw .threadNotStarted(index: index, error: ErrorNumber(code))
        }
        return thread
    }

    private func begin() {
        // At most 15 bytes; the name serves debuggers only, so that a refusal does not matter.
        _ = cls_set_thread_name("tokenmark-\(index)")
        crew.serve(as: crew.worker(index), cpu: cpu)
    }
}
