import Glibc
import Synchronization
import Testing

@testable import Wire

@Suite struct LoopTests {
    private final class Longest: Sendable {
        let delay = Mutex(Duration.zero)
    }

    /// What is planned while the loop sleeps is at least as late as the rest of its sleep.
    @Test func aLoopTellsWhatItWasLateBy() throws {
        let loop = Loop()
        let longest = Longest()
        loop.watchDelay(every: .milliseconds(1)) { delay in
            longest.delay.withLock { $0 = max($0, delay) }
        }
        for _ in 0..<100 where longest.delay.withLock({ $0 < .milliseconds(10) }) {
            try loop.result { _ = usleep(20_000) }
            try loop.result {}
        }
        #expect(longest.delay.withLock { $0 >= .milliseconds(10) })
        try loop.shutDown()
    }

    @Test func whatIsGivenIsDoneInOrder() throws {
        let loop = Loop()
        let log = Log()
        for number in 0..<100 { loop.execute { log.add("\(number)") } }
        #expect(try loop.result { log.count } == 100)
        for number in 0..<100 { #expect(try log.line(number) == "\(number)") }
        try loop.shutDown()
    }

    @Test func durationsThatAreTooLongAreTheLongest() {
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect((Duration.seconds(9_223_372_036) + .milliseconds(999)).nanoseconds == .max)
        #expect(Duration.milliseconds(1500).nanoseconds == 1_500_000_000)
    }
}
