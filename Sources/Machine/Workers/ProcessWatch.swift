import Basics
import CLinuxShims
import Glibc
import Synchronization

/// Watches the other processes of a group: tells of one that has ended, or that does not run any more.
///
/// Each beats as long as it runs: in memory that all see, or over a connection where it is on another
/// host. Silence is counted in this one's own beats, so that a machine that stands still as a whole alarms
/// nobody.
package final class ProcessWatch: Sendable {
    /// What became of a process.
    package enum Loss: Equatable, Sendable {
        case ended
        /// It is there, and did not beat for so many seconds: stopped, or starved of its core.
        case silent(seconds: Double)
    }

    /// A process that is watched.
    package struct Subject: Sendable {
        fileprivate enum Place {
            case here(process: Int32)
            case elsewhere(connection: Int32)
        }

        fileprivate let place: Place
        /// Of `beatByteCount` bytes.
        fileprivate nonisolated(unsafe) let beat: UnsafeMutableRawPointer?

        /// One of this host.
        ///
        /// - Parameter beat: nil for one that does not beat, whose end alone is told.
        package init(process: Int32, beat: UnsafeMutableRawPointer?) {
            place = .here(process: process)
            self.beat = beat
        }

        /// One of another host, which beats as this one does: a byte over a connected socket, which ends
        /// when the process does.
        ///
        /// - Parameter connection: stays open while the watch is there.
        package init(connection: Int32) {
            place = .elsewhere(connection: connection)
            beat = nil
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

    /// One beat, and a look at all until the next.
    private final class Round: @unchecked Sendable {
        // Sendable: used by the watch's thread alone.

        private let subjects: [Subject]
        private let own: UnsafeMutablePointer<Atomic<UInt32>>
        private let nanoseconds: UInt64
        private let secondsOfSilence: Double
        private let patience: Int
        private let tell: @Sendable (Int, Loss) -> Void
        /// Where a process's end is seen; negative where the kernel is too old for that, or it has ended.
        private let ends: [Int32]
        /// How often each connection has brought something.
        private var heard: [UInt32]
        private var silences: [Silence]

        init(
            _ subjects: [Subject], own: UnsafeMutableRawPointer, milliseconds: Int32,
            patience: Int, tell: @escaping @Sendable (Int, Loss) -> Void
        ) {
            self.subjects = subjects
            self.own = own.assumingMemoryBound(to: Atomic<UInt32>.self)
            nanoseconds = UInt64(milliseconds) * 1_000_000
            secondsOfSilence = Double(patience) * Double(milliseconds) / 1000
            self.patience = patience
            self.tell = tell
            ends = subjects.map {
                switch $0.place {
                case .here(let process): cls_open_process(process)
                case .elsewhere(let connection): connection
                }
            }
            heard = Array(repeating: 0, count: subjects.count)
            silences = Array(repeating: Silence(), count: subjects.count)
        }

        deinit {
            for (subject, end) in zip(subjects, ends) {
                if case .here = subject.place, end >= 0 { close(end) }
            }
        }

        /// Whether there is to be another round.
        func run(_ stop: Int32) -> Bool {
            beat()
            if let gone = ends.firstIndex(of: -ESRCH) {
                tell(gone, .ended)
                return false
            }
            let next = Clock.now() + nanoseconds
            // One that is negative is left out by the system.
            var descriptors = (ends + [stop]).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            while true {
                let now = Clock.now()
                guard now < next else { break }
                let milliseconds = Int32(clamping: (next - now) / 1_000_000 + 1)
                guard poll(&descriptors, nfds_t(descriptors.count), milliseconds) > 0 else {
                    continue
                }
                // Who is to stop has no reason to tell.
                if descriptors[ends.count].revents != 0 { return false }
                for index in ends.indices where descriptors[index].revents != 0 && !hears(index) {
                    tell(index, .ended)
                    return false
                }
            }
            guard let silent = silences.indices.first(where: isSilent) else { return true }
            tell(silent, .silent(seconds: secondsOfSilence))
            return false
        }

        private func beat() {
            own.pointee.wrappingAdd(1, ordering: .relaxed)
            for case .elsewhere(let connection) in subjects.map(\.place) {
                var byte: UInt8 = 0
                // Who takes no more of them is silent, or has ended: seen elsewhere.
                _ = send(connection, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
        }

        /// Takes what has come; false where it is the end.
        private func hears(_ index: Int) -> Bool {
            guard case .elsewhere(let connection) = subjects[index].place else { return false }
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            if count > 0 { heard[index] &+= 1 }
            return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
        }

        /// Counts a beat that was missed; whether there were too many.
        private func isSilent(_ index: Int) -> Bool {
            var value = heard[index]
            if case .here = subjects[index].place {
                guard let beat = subjects[index].beat else { return false }
                value = beat.assumingMemoryBound(to: Atomic<UInt32>.self).pointee
                    .load(ordering: .relaxed)
            }
            return silences[index].count(value) >= patience
        }
    }
}
