import Glibc
import Testing

@testable import Isolation

@Suite struct LineChannelTests {
    /// Whoever waits for a process to end because it cannot be spoken to would wait for ever.
    @Test func aPipeThatTheSystemRefusesIsNotAnOtherSideThatIsGone() {
        let file = open("/dev/full", O_RDWR | O_CLOEXEC)
        defer { close(file) }
        #expect(throws: LineChannel.Failure.broken(ENOSPC)) {
            try LineChannel(input: -1, output: file).send("question")
        }
    }

    @Test func anOtherSideThatIsGoneIsClosed() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        #expect(throws: LineChannel.Failure.closed) {
            try LineChannel(input: -1, output: ends[1]).send("question")
        }
    }
}
