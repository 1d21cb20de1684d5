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
