import Basics
import Benchmark
import Glibc
import Measurement

/// What a timing point costs: four of them stand in every step that is measured.
///
/// An iteration takes a thousand points (`scalingFactor`), since a single one is too short to time.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .instructions],
        warmupIterations: 10,
        scalingFactor: .kilo,
        maxDuration: .seconds(2)
    )

    Benchmark("nothing: the loop itself") { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(0)
        }
    }

    Benchmark("clock_gettime(CLOCK_MONOTONIC)") { benchmark in
        for _ in benchmark.scaledIterations {
            var now = timespec()
            blackHole(clock_gettime(CLOCK_MONOTONIC, &now))
            blackHole(now.tv_nsec)
        }
    }

    Benchmark("Clock.now()") { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(Clock.now())
        }
    }

    Benchmark("a step of a trace: four points") { benchmark in
        var trace = Trace(capacity: 1000)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            trace.markLoopTop()
            trace.markInputsPrepared()
            trace.markForwardDone()
            trace.markTokenBooked()
        }
        benchmark.stopMeasurement()
        blackHole(trace.stepCount)
    }
}
