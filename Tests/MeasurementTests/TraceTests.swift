import Basics
import Measurement
import Testing

struct TraceTests {
    private static func mark(_ trace: inout Trace, steps: Int) {
        trace.markCallEntry()
        for _ in 0..<steps {
            trace.markLoopTop()
            trace.markInputsPrepared()
            trace.markForwardDone()
            trace.markTokenBooked()
        }
        trace.markCallEnd()
    }

    @Test func marksAreInOrderOfTime() throws {
        var trace = Trace(capacity: 3)
        Self.mark(&trace, steps: 3)
        #expect(trace.isComplete)
        #expect(trace.stepCount == 3)
        let stamps =
            [try #require(trace.callEntry)]
            + trace.steps.flatMap {
                [$0.loopTop, $0.inputsPrepared, $0.forwardDone, $0.tokenBooked]
            }
            + [try #require(trace.callEnd)]
        #expect(stamps == stamps.sorted())
        #expect(stamps[0] > 0)
    }

    @Test func withoutStepsTheMarksOfStepsDoNothing() {
        var trace = Trace(capacity: 3, stampsSteps: false)
        Self.mark(&trace, steps: 50)
        #expect(trace.stepCount == 0)
        #expect(trace.capacity == 0)
        #expect(trace.isComplete)
    }

    @Test func halfAStepIsNotComplete() {
        var trace = Trace(capacity: 1)
        trace.markCallEntry()
        trace.markLoopTop()
        trace.markInputsPrepared()
        trace.markCallEnd()
        #expect(!trace.isComplete)
        #expect(trace.stepCount == 0)
    }

    @Test func callWithoutEndIsNotComplete() {
        var trace = Trace(capacity: 1)
        trace.markCallEntry()
        #expect(!trace.isComplete)
    }

    @Test func resetForgetsTheStampsAndKeepsTheRoom() {
        var trace = Trace(capacity: 2)
        Self.mark(&trace, steps: 2)
        let copy = trace
        trace.reset()
        #expect(trace == Trace(capacity: 2))
        #expect(trace.capacity == 2)
        #expect(copy.stepCount == 2)
        Self.mark(&trace, steps: 2)
        #expect(trace.stepCount == 2)
    }

    @Test func markBeyondTheCapacityIsRefused() async {
        await #expect(processExitsWith: .failure) {
            var trace = Trace(capacity: 0)
            trace.markLoopTop()
        }
    }

    @Test func markOutOfOrderIsRefused() async {
        await #expect(processExitsWith: .failure) {
            var trace = Trace(capacity: 1)
            trace.markLoopTop()
            trace.markForwardDone()
        }
    }

    @Test func clockNeverGoesBack() {
        var last = Clock.now()
        for _ in 0..<1000 {
            let now = Clock.now()
            #expect(now >= last)
            last = now
        }
    }
}
