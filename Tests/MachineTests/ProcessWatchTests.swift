import Foundation
import Synchronization
import Testing

@testable import Machine

/// What is told of processes that end or stop.
@Suite struct ProcessWatchTests {
    /// What was told first, waited for.
    private final class Told: Sendable {
        private let words = Mutex<[String]>([])
        private let semaphore = DispatchSemaphore(value: 0)

        func tell(_ subject: Int, _ loss: ProcessWatch.Loss) {
            words.withLock { $0.append("\(subject) \(loss)") }
            semaphore.signal()
        }

        func wait() -> [String] {
            _ = semaphore.wait(timeout: .now() + 60)
            return words.withLock { $0 }
        }

        var all: [String] { words.withLock { $0 } }
    }

    /// Places where so many processes beat.
    private final class Beats {
        let places: [UnsafeMutableRawPointer]

        init(_ count: Int) {
            places = (0..<count).map { _ in
                let place = UnsafeMutableRawPointer.allocate(
                    byteCount: ProcessWatch.beatByteCount, alignment: 128)
                place.initializeMemory(
                    as: UInt8.self, repeating: 0, count: ProcessWatch.beatByteCount)
                return place
            }
        }

        deinit { for place in places { place.deallocate() } }
    }

    private static let own = ProcessInfo.processInfo.processIdentifier

    private static func sleeper() throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["600"]
        try process.run()
        return process
    }

    @Test func aProcessThatIsKilledIsTold() throws {
        let (beats, told) = (Beats(1), Told())
        let sleepers = try [Self.sleeper(), Self.sleeper()]
        let watch = try ProcessWatch(
            sleepers.map { .init(process: $0.processIdentifier, beat: nil) },
            own: beats.places[0], tell: told.tell)
        kill(sleepers[1].processIdentifier, SIGKILL)
        #expect(told.wait() == ["1 ended"])
        withExtendedLifetime(watch) {}
        kill(sleepers[0].processIdentifier, SIGKILL)
    }

    @Test func oneThatHasEndedBeforeIsTold() throws {
        let (beats, told) = (Beats(1), Told())
        let sleeper = try Self.sleeper()
        kill(sleeper.processIdentifier, SIGKILL)
        sleeper.waitUntilExit()
        let watch = try ProcessWatch(
            [.init(process: sleeper.processIdentifier, beat: nil)], own: beats.places[0],
            tell: told.tell)
        #expect(told.wait() == ["0 ended"])
        withExtendedLifetime(watch) {}
    }

    @Test func oneThatIsThereAndDoesNotBeatIsTold() throws {
        let (beats, told) = (Beats(2), Told())
        let watch = try ProcessWatch(
            [
                .init(process: Self.own, beat: nil),
                .init(process: Self.own, beat: beats.places[1]),
            ],
            own: beats.places[0], beatMilliseconds: 5, patience: 40, tell: told.tell)
        #expect(told.wait() == ["1 silent(seconds: 0.2)"])
        withExtendedLifetime(watch) {}
    }

    /// Two ends of a connection, as one to another host.
    private static func connection() throws -> [Int32] {
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return ends
    }

    @Test func theEndOfAConnectionIsTold() throws {
        let (beats, told) = (Beats(1), Told())
        let (first, second) = (try Self.connection(), try Self.connection())
        let watch = try ProcessWatch(
            [.init(connection: first[0]), .init(connection: second[0])], own: beats.places[0],
            tell: told.tell)
        close(second[1])
        #expect(told.wait() == ["1 ended"])
        withExtendedLifetime(watch) {}
        for end in first + [second[0]] { close(end) }
    }

    /// Two watches hear each other; when one is gone and its end stays open, it is silent.
    @Test func whoIsNotHeardOverAConnectionIsTold() throws {
        let (beats, told, silent) = (Beats(2), Told(), Told())
        let ends = try Self.connection()
        var other: ProcessWatch? = try ProcessWatch(
            [.init(connection: ends[1])], own: beats.places[1], beatMilliseconds: 1,
            patience: .max, tell: silent.tell)
        let watch = try ProcessWatch(
            [.init(connection: ends[0])], own: beats.places[0], beatMilliseconds: 5,
            patience: 400, tell: told.tell)
        // More beats than its patience, in which the other is heard.
        while beats.places[0].load(as: UInt32.self) < 440 { usleep(1000) }
        #expect(told.all.isEmpty)
        withExtendedLifetime(other) {}
        other = nil
        #expect(told.wait() == ["0 silent(seconds: 2.0)"])
        #expect(silent.all.isEmpty)
        withExtendedLifetime(watch) {}
        for end in ends { close(end) }
    }

    @Test func aBeatEndsASilence() {
        var silence = ProcessWatch.Silence()
        // Not begun, then once for two looks, then wrapped around.
        let beats: [UInt32] = [0, 0, 1, 1, 1, 2, .max, 0, 0]
        let missed = beats.map { silence.count($0) }
        #expect(missed == [1, 2, 0, 1, 2, 0, 0, 0, 1])
    }

    @Test func aWatchBeats() throws {
        let (beats, told) = (Beats(2), Told())
        let first = try ProcessWatch([], own: beats.places[0], beatMilliseconds: 1, tell: told.tell)
        // Ends when the first has beaten, for which there is all the time that it needs.
        while beats.places[0].load(as: UInt32.self) < 3 { usleep(1000) }
        withExtendedLifetime(first) {}
    }

    @Test func aWatchThatIsGoneTellsNothing() throws {
        let (beats, told) = (Beats(1), Told())
        let sleeper = try Self.sleeper()
        var watch: ProcessWatch? = try ProcessWatch(
            [.init(process: sleeper.processIdentifier, beat: nil)], own: beats.places[0],
            tell: told.tell)
        withExtendedLifetime(watch) {}
        watch = nil
        kill(sleeper.processIdentifier, SIGKILL)
        sleeper.waitUntilExit()
        #expect(told.all.isEmpty)
    }
}
