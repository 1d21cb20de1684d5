import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// What makes a row stable, unstable or invalid.
struct VerdictTests {
    private static let point = Point(batch: 1, inputLength: 4, outputLength: 2)

    /// A repetition that takes so many milliseconds, half of them until the first token.
    private static func repetition(
        _ index: Int, milliseconds: Double = 100, conditions: RunConditions? = nil,
        hugePageBytes: Int? = nil
    ) throws -> Repetition {
        let end = UInt64(milliseconds * 1e6)
        let steps = [
            StepStamps(loopTop: 0, inputsPrepared: 0, forwardDone: end / 2, tokenBooked: end / 2),
            StepStamps(
                loopTop: end / 2, inputsPrepared: end / 2, forwardDone: end, tokenBooked: end),
        ]
        var repetition = try Repetition(
            point: point, index: index, seed: 0,
            calls: .detail(
                Observation(
                    lockStep: Trace(callEntry: 0, callEnd: end, steps: steps), sequences: 1,
                    inputTokens: 1, outputTokens: 2)))
        repetition.conditions = conditions.map { [$0] } ?? []
        repetition.memoryUse = MemoryUse(peakResidentBytes: nil)
        repetition.memoryUse?.weightsHugePageBytes = hugePageBytes
        return repetition
    }

    /// A quiet second of two threads.
    private static var quiet: RunConditions {
        var conditions = RunConditions(
            elapsedNanoseconds: 1_000_000_000, involuntarySwitches: 3, minorFaults: 5,
            majorFaults: 0, threads: 2)
        conditions.migrations = 0
        conditions.runDelayNanoseconds = 1_000_000
        conditions.stealNanoseconds = 0
        conditions.hertzBefore = 3.0e9
        conditions.hertzAfter = 3.01e9
        return conditions
    }

    private static func row(
        _ repetitions: [Repetition], grid: Grid? = nil, drift: Drift? = nil
    ) -> Row {
        let result = PointResult(
            point: point, status: .ok, reason: nil, repetitions: repetitions)
        var standard = Grid(batches: [1], pairs: [LengthPair(4, 2)])
        standard.repetitions = repetitions.count
        return Row(result, in: grid ?? standard, drift: drift)
    }

    private static func disturbed(_ change: (inout RunConditions) -> Void) throws -> Row {
        var conditions = quiet
        change(&conditions)
        return row(try (0..<6).map { try repetition($0, conditions: conditions) })
    }

    @Test func sixQuietRepetitionsAreStable() throws {
        let row = try Self.disturbed { _ in }
        #expect(row.verdict == .stable)
        #expect(row.reason == nil)
    }

    @Test func fewRepetitionsAreNotStableWhateverTheySay() throws {
        let row = Self.row(try (0..<5).map { try Self.repetition($0) })
        #expect(row.verdict == .unstable)
        #expect(row.reason == "unstable: 5 of the 6 repetitions that an interval needs")
        #expect(row.doubts == [])
    }

    @Test func aWideIntervalIsUnstableAndSaysHowWide() throws {
        let times = [100.0, 100, 90, 110, 80, 120]
        let row = Self.row(
            try times.enumerated().map { try Self.repetition($0.offset, milliseconds: $0.element) })
        #expect(row.verdict == .unstable)
        let reason = try #require(row.reason)
        #expect(reason.contains("response_time is known to ±"))
        #expect(reason.contains("(limit 5 %)"))
    }

    @Test func aTargetIsTheLimit() throws {
        // ±2 % or so: good enough unless 1 % was asked for.
        let times = [100.0, 100, 99, 101, 98, 102, 100]
        let repetitions = try times.enumerated().map {
            try Self.repetition($0.offset, milliseconds: $0.element)
        }
        #expect(Self.row(repetitions).verdict == .stable)
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 2)])
        grid.convergence = Convergence(relativeHalfWidth: 0.01)
        #expect(Self.row(repetitions, grid: grid).verdict == .unstable)
    }

    @Test func whatDisturbsIsNamed() throws {
        let rows = [
            try Self.disturbed { $0.runDelayNanoseconds = 200_000_000 },
            try Self.disturbed { $0.stealNanoseconds = 60_000_000 },
            try Self.disturbed { $0.migrations = 1 },
        ]
        #expect(rows.allSatisfy { $0.verdict == .unstable })
        #expect(
            rows.map(\.reason) == [
                "unstable: threads waited 10 % of their time for a CPU",
                "unstable: the hypervisor took 3 % of the time",
                "unstable: threads moved to another CPU 6 times",
            ])
    }

    /// What is the program's own doing is no excuse.
    @Test func onlyWhatComesFromOutsideIsADisturbance() throws {
        let steal = try Self.disturbed { $0.stealNanoseconds = 60_000_000 }
        #expect(steal.disturbances == ["the hypervisor took 3 % of the time"])
        #expect(try Self.disturbed { $0.minorFaults = 2000 }.disturbances == [])
        #expect(try Self.disturbed { _ in }.disturbances == [])
    }

    @Test func switchesCountWhereWaitingCannotBeRead() throws {
        let row = try Self.disturbed {
            $0.runDelayNanoseconds = nil
            $0.involuntarySwitches = 250
        }
        #expect(row.reason == "unstable: 1500 involuntary context switches")
        #expect(try Self.disturbed { $0.involuntarySwitches = 250 }.verdict == .stable)
    }

    @Test func pageFaultsAndFrequencyAreNamed() throws {
        #expect(
            try Self.disturbed { $0.minorFaults = 2000 }.reason == "unstable: 12000 page faults")
        #expect(
            try Self.disturbed { $0.majorFaults = 1 }.reason
                == "unstable: 6 page faults that read the disk")
        #expect(
            try Self.disturbed { $0.hertzAfter = 2.7e9 }.reason
                == "unstable: the frequency changed by 11 % during the runs")
    }

    @Test func whatWasAskedOfTheMachineAndNotGotIsInvalid() throws {
        let row = try Self.disturbed { $0.problems = ["thread 1 is not where it was asked to be"] }
        #expect(row.verdict == .invalid)
        #expect(row.reason == "invalid: thread 1 is not where it was asked to be")
    }

    @Test func lostHugePagesAreSaid() throws {
        let sizes = [300, 300, 300, 300, 200, 300].map { $0 << 20 }
        let row = Self.row(
            try sizes.enumerated().map { try Self.repetition($0.offset, hugePageBytes: $0.element) }
        )
        #expect(row.reason == "unstable: 100 MiB of the weights lost their huge pages")
    }

    // MARK: - Drift

    private static func controls(_ groups: [[Double]]) throws -> [ControlRun] {
        try groups.enumerated().flatMap { group, times in
            try times.enumerated().map {
                ControlRun(
                    group: group,
                    repetition: try repetition($0.offset, milliseconds: $0.element))
            }
        }
    }

    @Test func driftIsTheControlCellsSlowestOverItsFastest() throws {
        let drift = try #require(Drift(try Self.controls([[100, 101, 99], [110, 109, 112]])))
        #expect(abs(drift.change - 0.1) < 1e-12)
        #expect(drift.isSeparated)
        let row = Self.row(
            try (0..<6).map { try Self.repetition($0, conditions: Self.quiet) }, drift: drift)
        #expect(row.verdict == .unstable)
        #expect(
            row.reason?.hasPrefix("unstable: drift: the control cell b1-i4-o2 was 10 %") == true)
    }

    @Test func noiseOfTheControlCellIsNoDrift() throws {
        let drift = try #require(Drift(try Self.controls([[100, 109, 99], [110, 104, 112]])))
        #expect(!drift.isSeparated)
        let row = Self.row(
            try (0..<6).map { try Self.repetition($0, conditions: Self.quiet) }, drift: drift)
        #expect(row.verdict == .stable)
    }

    @Test func oneMeasurementOfTheControlCellTellsNothing() throws {
        #expect(Drift(try Self.controls([[100, 101]])) == nil)
        #expect(Drift([]) == nil)
    }

    /// A file may say so; no integer holds what comes of it.
    @Test func conditionsThatNoMachineHasAreNumbersToo() throws {
        let frequency = try Self.disturbed {
            $0.hertzBefore = 1e-300
            $0.hertzAfter = 1e300
        }
        #expect(frequency.doubts.contains { $0.contains("the frequency changed by inf %") })
        let counts = try Self.disturbed {
            $0.migrations = .max
            $0.minorFaults = .max
            $0.majorFaults = .max
        }
        #expect(counts.doubts.contains { $0.contains("e+19 page faults") })
    }
}
