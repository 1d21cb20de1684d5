import CMPI
import Glibc
import Isolation
import Machine

/// The ranks that MPI's launcher has started, all on this host.
///
/// Used by the main thread alone, as MPI asks for.
final class MPIGroup: RankGroup {
    let rank: Int
    let count: Int
    /// Where rank 0 rings before it speaks, so that the others can sleep until then.
    private let bell: FutexWord
    private var rings: UInt32 = 0
    /// What each rank has for the bell, its beat and its process number.
    private let control: Window

    /// Why ranks cannot work together.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Memory that all ranks see, a slice of zeros for each.
    final class Window {
        private(set) var slices: [UnsafeMutableRawPointer] = []
        private var window = cmpi_window()

        fileprivate init(byteCount: Int, rank: Int, count: Int) throws(Failure) {
            try Failure.check(
                cmpi_open_window(byteCount, &window), "shared memory of \(byteCount) bytes")
            slices = (0..<count).compactMap { cmpi_slice(&window, Int32($0)) }
            guard slices.count == count else {
                throw Failure(
                    description: "MPI does not say where the shared memory of the ranks is")
            }
            // Each touches its own first, so that it lies on its node.
            slices[rank].initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            try Failure.check(cmpi_barrier(), "a barrier")
        }

        /// Gives it back, together with all ranks.
        func close() { _ = cmpi_close_window(&window) }
    }

    /// Meets the other ranks.
    ///
    /// - Parameter asked: How many there should be.
    /// - Throws: `Failure`, in one line for the user.
    init(asked: Int) throws(Failure) {
        try Failure.check(cmpi_start(), "the start")
        rank = Int(cmpi_rank())
        count = Int(cmpi_count())
        guard count == asked else {
            var text = [CChar](repeating: 0, count: Int(cmpi_text_bytes))
            let length = Int(cmpi_library(&text))
            let library = String(
                decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self
            ).prefix { $0 != "," && $0 != "\n" }
            throw Failure(
                description: "the launcher has started \(count) of \(asked) ranks, as this program "
                    + "sees it, which was built with \(library); give that library's launcher with "
                    + "--launcher, such as 'mpirun.openmpi -n {ranks}'")
        }
        let here = Int(cmpi_count_here())
        guard here == count else {
            throw Failure(
                description:
                    "\(count - here) of \(count) ranks are on other hosts, and ranks meet in "
                    + "the memory of one; name no hosts in --launcher")
        }
        control = try Window(byteCount: Control.byteCount, rank: rank, count: count)
        bell = FutexWord(
            at: control.slices[0] + Control.bell, spinNanoseconds: 0, isShared: true)
    }

    /// What lies where in a slice of the control window.
    private enum Control {
        static let beat = 0
        static let process = ProcessWatch.beatByteCount
        static let bell = 2 * ProcessWatch.beatByteCount
        static let byteCount = 2 * ProcessWatch.beatByteCount + FutexWord.byteCount
    }

    /// Begins to watch the other ranks, and who started them.
    ///
    /// - Parameter tell: Called once with what became of which process.
    func watch(tell: @escaping @Sendable (String) -> Void) throws -> ProcessWatch {
        let own = control.slices[rank]
        (own + Control.process).storeBytes(of: getpid(), as: Int32.self)
        try Failure.check(cmpi_barrier(), "a barrier")
        var names: [String] = []
        var subjects: [ProcessWatch.Subject] = []
        for other in 0..<count where other != rank {
            let slice = control.slices[other]
            let process = (slice + Control.process).load(as: Int32.self)
            names.append("rank \(other) (process \(process))")
            subjects.append(.init(process: process, beat: slice + Control.beat))
        }
        if let parent = ParentProcess.named {
            names.append("tokenmark (process \(parent))")
            subjects.append(.init(process: parent, beat: nil))
        }
        return try ProcessWatch(subjects, own: own + Control.beat) { [names] subject, loss in
            let fate =
                switch loss {
                case .ended: "has died"
                case .silent(let seconds):
                    "has not run for \(seconds) s: it is stopped, or has no core"
                }
            tell("\(names[subject]) \(fate)")
        }
    }

    /// A window of its own, made together with all ranks.
    func window(byteCount: Int) throws(Failure) -> Window {
        try Window(byteCount: byteCount, rank: rank, count: count)
    }

    func broadcast(_ message: [UInt8]) -> [UInt8] {
        if rank == 0 { bell.advance() } else { bell.wait(while: rings) }
        rings &+= 1
        var length = Int32(message.count)
        _ = cmpi_broadcast(&length, Int32(MemoryLayout<Int32>.size))
        var bytes = rank == 0 ? message : [UInt8](repeating: 0, count: Int(length))
        _ = cmpi_broadcast(&bytes, length)
        return bytes
    }

    func gather(_ message: [UInt8]) -> [[UInt8]] {
        var counts = [Int32](repeating: 0, count: count)
        _ = cmpi_gather_count(Int32(message.count), &counts)
        var places: [Int32] = []
        var length: Int32 = 0
        for count in counts {
            places.append(length)
            length += count
        }
        var all = [UInt8](repeating: 0, count: Int(length))
        _ = cmpi_gather(message, Int32(message.count), &all, counts, places)
        guard rank == 0 else { return [] }
        return zip(places, counts).map { Array(all[Int($0)..<Int($0 + $1)]) }
    }

    /// Leaves, together with all ranks.
    func finish() {
        control.close()
        _ = cmpi_finish()
    }
}

extension MPIGroup.Failure {
    fileprivate static func check(_ code: Int32, _ what: String) throws(MPIGroup.Failure) {
        guard code != 0 else { return }
        throw MPIGroup.Failure(description: "MPI refuses \(what): its error \(code)")
    }
}
