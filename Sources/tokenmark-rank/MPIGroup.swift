import CMPI
import Glibc
import Isolation
import Machine
import Suite

/// The ranks that MPI's launcher has started, on one host or on several.
///
/// Used by the main thread alone, as MPI asks for.
final class MPIGroup: RankGroup {
    let rank: Int
    let count: Int
    /// This rank among all, and among those on its host.
    let place: MachineSettings.Rank
    /// All ranks, in their order.
    let members: [Member]
    let group: cmpi_group
    /// Where the first rank of the host rings before it speaks, so that the others can sleep until then.
    private let bell: FutexWord
    private var rings: UInt32 = 0
    /// What each rank of the host has for the bell, and its beat.
    private let control: Window
    /// What `slices` gave last.
    private var room: Window?
    /// To the other hosts; nil where there are none, and for those who do not speak for their host.
    private var links: HostLinks?

    /// Beats of a second's quarter that a rank may miss: enough for any scheduler, and few enough that the
    /// user sees a reason within ten seconds, the end of what cannot be reached any more among them.
    private static let patience = 20

    /// Why ranks cannot work together.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A rank, as all know it.
    struct Member {
        let process: Int
        let host: Int
        let hostName: String
        /// Whether it is the first of its host.
        let speaks: Bool
    }

    /// Memory that all ranks of this host see, a slice of zeros for each.
    final class Window {
        private(set) var slices: [UnsafeMutableRawPointer] = []
        private var window = cmpi_window()

        fileprivate init(byteCount: Int, _ group: cmpi_group) throws(Failure) {
            var group = group
            try Failure.check(
                cmpi_open_window(&group, byteCount, &window),
                "shared memory of \(byteCount) bytes")
            slices = (0..<group.count_here).compactMap { cmpi_slice(&window, $0) }
            guard slices.count == Int(group.count_here) else {
                throw Failure(
                    description: "MPI does not say where the shared memory of the ranks is")
            }
            // Each touches its own first, so that it lies on its node.
            slices[Int(group.place)].initializeMemory(
                as: UInt8.self, repeating: 0, count: byteCount)
            try Failure.check(cmpi_barrier_here(&group), "a barrier")
        }

        /// Gives it back, together with all ranks of this host.
        func close() { _ = cmpi_close_window(&window) }
    }

    /// Meets the other ranks.
    ///
    /// - Parameter asked: How many there should be.
    /// - Throws: `Failure`, in one line for the user.
    init(asked: Int) throws(Failure) {
        var group = cmpi_group()
        try Failure.check(cmpi_start(&group), "the start")
        rank = Int(group.rank)
        count = Int(group.count)
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
        place = MachineSettings.Rank(
            index: rank, count: count, place: Int(group.place), countHere: Int(group.count_here))
        members = try Self.members(&group)
        control = try Window(byteCount: Control.byteCount, group)
        bell = FutexWord(
            at: control.slices[0] + Control.bell, spinNanoseconds: 0, isShared: true)
        self.group = group
    }

    /// What each rank says of itself to all.
    private static func members(_ group: inout cmpi_group) throws(Failure) -> [Member] {
        // The host's number is known to its first rank alone.
        var host = group.host
        try Failure.check(cmpi_broadcast_here(&group, &host, 4), "a broadcast")
        let own = "\(getpid()) \(host) \(group.place == 0) \(HostAddress.name)"
        return try texts(of: own, count: Int(group.count)) { cmpi_gather_all($0, $1, $2) }.map {
            let words = $0.split(separator: " ", maxSplits: 3).map(String.init)
            return Member(
                process: Int(words[0]) ?? 0, host: Int(words[1]) ?? 0,
                hostName: words.count > 3 ? words[3] : "", speaks: words[2] == "true")
        }
    }

    /// A text of each of some ranks, in their order.
    private static func texts(
        of own: String, count: Int,
        _ gather: (UnsafePointer<UInt8>, UnsafeMutablePointer<UInt8>, Int32) -> Int32
    ) throws(Failure) -> [String] {
        let size = 2048
        var line = Array(own.utf8.prefix(size))
        line += [UInt8](repeating: 0, count: size - line.count)
        var all = [UInt8](repeating: 0, count: count * size)
        try Failure.check(gather(&line, &all, Int32(size)), "a gather")
        return (0..<count).map { index in
            String(
                decoding: all[index * size..<(index + 1) * size].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// What lies where in a slice of the control window.
    private enum Control {
        static let beat = 0
        static let bell = ProcessWatch.beatByteCount
        static let byteCount = ProcessWatch.beatByteCount + FutexWord.byteCount
    }

    /// Whether this rank is the first of its host, which speaks with the others.
    var speaks: Bool { place.place == 0 }

    /// Hosts that the ranks are on.
    var hostCount: Int { (members.map(\.host).max() ?? 0) + 1 }

    /// The host of each rank.
    var hosts: [Int] { members.map(\.host) }

    /// Connects to the ranks that speak for the other hosts, if this one does for its own.
    ///
    /// - Throws: where one cannot be reached; in one line for the user.
    func joinHosts() throws {
        guard hostCount > 1, speaks else { return }
        var group = group
        // Of rank 0: what no stranger knows.
        var word = UInt64.random(in: .min ... .max)
        try Failure.check(cmpi_broadcast_to_hosts(&group, &word, 8), "a broadcast")
        let links = try HostLinks(word: word)
        self.links = links
        var invitations: [String] = []
        invitations = try Self.texts(of: links.invitation, count: hostCount) { own, all, size in
            let host = Int(group.host) * Int(size)
            (all + host).update(from: own, count: Int(size))
            return cmpi_gather_hosts(&group, all, size)
        }
        let names = members.filter(\.speaks).map(\.hostName)
        try links.meet(invitations, own: Int(group.host), names: names)
    }

    /// What was lost.
    struct Loss {
        let description: String
        /// Whether it is another host that cannot be heard, perhaps as this one is cut off.
        let mayBeCutOff: Bool
    }

    /// Begins to watch the other ranks of this host, those that speak for the others, and who started all.
    ///
    /// - Parameter tell: Called once.
    func watch(tell: @escaping @Sendable (Loss) -> Void) throws -> ProcessWatch {
        let own = control.slices[place.place]
        var names: [String] = []
        var subjects: [ProcessWatch.Subject] = []
        let host = members[rank].host
        let here = members.indices.filter { members[$0].host == host }
        for (slice, other) in zip(control.slices, here) where other != rank {
            names.append(name(other))
            subjects.append(
                .init(process: Int32(members[other].process), beat: slice + Control.beat))
        }
        let firstElsewhere = subjects.count
        for (host, connection) in (links?.connections ?? []).enumerated() {
            guard let connection,
                let other = members.firstIndex(where: { $0.host == host && $0.speaks })
            else { continue }
            names.append(name(other))
            subjects.append(.init(connection: connection))
        }
        let elsewhere = firstElsewhere..<subjects.count
        if let parent = ParentProcess.named {
            names.append("tokenmark (process \(parent))")
            subjects.append(.init(process: parent, beat: nil))
        }
        return try ProcessWatch(
            subjects, own: own + Control.beat, patience: Self.patience
        ) { [names] subject, loss in
            switch loss {
            case .ended:
                tell(Loss(description: "\(names[subject]) has died", mayBeCutOff: false))
            case .silent(let seconds):
                let isElsewhere = elsewhere.contains(subject)
                let reason =
                    isElsewhere
                    ? "it is stopped, has no core, or its host is cut off"
                    : "it is stopped, or has no core"
                tell(
                    Loss(
                        description: "\(names[subject]) has not run for \(seconds) s: \(reason)",
                        mayBeCutOff: isElsewhere))
            }
        }
    }

    /// A rank as a user knows it.
    private func name(_ rank: Int) -> String {
        let host = hostCount > 1 ? " on \(members[rank].hostName)" : ""
        return "rank \(rank) (process \(members[rank].process)\(host))"
    }

    /// A slice of zeros for each rank of this host, made together with them; those that were made before
    /// are gone.
    func slices(byteCount: Int) throws(Failure) -> [UnsafeMutableRawPointer] {
        room?.close()
        room = nil
        let made = try Window(byteCount: byteCount, group)
        room = made
        return made.slices
    }

    func broadcast(_ message: [UInt8]) -> [UInt8] {
        var group = group
        var length = Int32(message.count)
        if hostCount > 1, speaks { _ = cmpi_broadcast_to_hosts(&group, &length, 4) }
        if speaks { bell.advance() } else { bell.wait(while: rings) }
        rings &+= 1
        _ = cmpi_broadcast_here(&group, &length, 4)
        var bytes = rank == 0 ? message : [UInt8](repeating: 0, count: Int(length))
        if hostCount > 1, speaks { _ = cmpi_broadcast_to_hosts(&group, &bytes, length) }
        _ = cmpi_broadcast_here(&group, &bytes, length)
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
        // A connection that closes looks like a death.
        _ = cmpi_barrier()
        room?.close()
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
