import CLinuxShims
import Glibc
import Synchronization

/// Watches the other processes of a group: tells of one that has ended, or that does not run any more.
///
/// Each beats, in memory that all see, as long as it runs. Silence is counted in this one's own beats,
/// so that a machine that stands still as a whole alarms nobody.
package final class ProcessWatch: Sendable {
    /// What became of a process.
    package enum Loss: Equatable, Sendable {
        case ended
        /// It is there, and did not beat for so many seconds: stopped, or starved of its core.
        case silent(seconds: Double)
    }

    /// A process that is watched.
    package struct Subject: Sendable {
        let process: Int32
        /// (`beatByteCount`) nil for one that does not beat, whose end alone is told.
        nonisolated(unsafe) let beat: UnsafeMutableRawPointer?

        package init(process: Int32, beat: UnsafeMutableRawPointer?) {
            self.process = process
            self.beat = beat
        }
    }

    /// Bytes of zeros in which a process beats.
    package static let beatByteCount = 128

    private static let beatMilliseconds: Int32 = 250

    /// Beats after which one that is silent is told: seconds enough for any scheduler, and few enough
    /// that the user sees a reason within ten.
    package static let patience = 24

    /// How many beats a process has missed.
    struct Silence {
        private var last: UInt32 = 0
        private var missed = 0

        /// Takes what its number is at one of our own beats; how many in a row it has not changed.
        mutating func count(_ beat: UInt32) -> Int {
            missed = beat == last ? missed + 1 : 0
            last = beat
            return missed
        }
    }

    private let thread: RepeatingThread

    /// Begins to beat and to watch; a watch ends with its object, and must before its group does.
    ///
    /// - Parameters:
    ///   - own: (`beatByteCount`) where this process beats; stays while the watch is there.
    ///   - tell: Called on a thread of its own, once, with the place of the subject that was lost first.
    /// - Throws: `MachineError.threadNotStarted`.
    package init(
        _ subjects: [Subject], own: UnsafeMutableRawPointer,
        beatMilliseconds: Int32 = ProcessWatch.beatMilliseconds,
        patience: Int = ProcessWatch.patience,
        tell: @escaping @Sendable (_ subject: Int, Loss) -> Void
    ) throws(MachineError) {
        let round = Round(
            subjects, own: own, milliseconds: beatMilliseconds, patience: patience, tell: tell)
        // The round waits itself, and for more than the thread can.
        thread = try RepeatingThread(name: "tokenmark-watch", every: 1_000_000) { round.run($0) }
    }

    /// One look at all, after waiting for the next beat or for somebody's end.
    private final class Round: @unchecked Sendable {
        // Sendable: used by the watch's thread alone.

        private let subjects: [Subject]
        private let own: UnsafeMutablePointer<Atomic<UInt32>>
        private let milliseconds: Int32
        private let patience: Int
        private let tell: @Sendable (Int, Loss) -> Void
        /// Where a process's end is seen; negative where the kernel is too old for that, or it has ended.
        private let ends: [Int32]
        private var silences: [Silence]

        init(
            _ subjects: [Subject], own: UnsafeMutableRawPointer, milliseconds: Int32,
            patience: Int, tell: @escaping @Sendable (Int, Loss) -> Void
        ) {
            self.subjects = subjects
            self.own = own.assumingMemoryBound(to: Atomic<UInt32>.self)
            self.milliseconds = milliseconds
            self.patience = patience
            self.tell = tell
            ends = subjects.map { cls_open_process($0.process) }
            silences = Array(repeating: Silence(), count: subjects.count)
        }

        deinit {
            for end in ends where end >= 0 { close(end) }
        }

        /// Whether there is to be another round.
        func run(_ stop: Int32) -> Bool {
            own.pointee.wrappingAdd(1, ordering: .relaxed)
            if let gone = ends.firstIndex(of: -ESRCH) {
                tell(gone, .ended)
                return false
            }
            // One that is negative is left out by the system.
            var descriptors = (ends + [stop]).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) <= 0 else {
                let gone = descriptors.dropLast().firstIndex { $0.revents != 0 }
                // Who is to stop has no reason to tell.
                if let gone, descriptors[ends.count].revents == 0 { tell(gone, .ended) }
                return false
            }
            guard let silent = silences.indices.first(where: isSilent) else { return true }
            tell(silent, .silent(seconds: Double(patience) * Double(milliseconds) / 1000))
            return false
        }

        /// Counts a beat that was missed; whether there were too many.
        private func isSilent(_ index: Int) -> Bool {
            guard let beat = subjects[index].beat else { return false }
            let value = beat.assumingMemoryBound(to: Atomic<UInt32>.self).pointee
                .load(ordering: .relaxed)
            return silences[index].count(value) >= patience
        }
    }
}
