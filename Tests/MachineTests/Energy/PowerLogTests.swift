import Machine
import Testing

/// Windows over readings, by hand.
@Suite struct PowerLogTests {
    private static func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }

    private func log(_ readings: [(seconds: Double, watts: Double)]) -> PowerLog {
        var log = PowerLog(command: "p")
        for reading in readings {
            log.add(watts: reading.watts, at: Self.nanoseconds(reading.seconds))
        }
        return log
    }

    private func energy(_ log: PowerLog, _ start: Double, _ end: Double) -> EnergyReading {
        log.energy(from: Self.nanoseconds(start), to: Self.nanoseconds(end))
    }

    @Test(arguments: [
        // (100 + 200)/2 · 1 s + 200 W · 1 s
        (1.0, 3.0, 350.0),
        // From 150 W to 200 W in 0.5 s, then 200 W.
        (1.5, 2.5, 187.5),
        // Beyond the first and the last reading as they are.
        (0.0, 4.0, 650.0),
        // Around one reading: 175 W to 200 W in 0.25 s, then 200 W for 0.25 s.
        (1.75, 2.25, 46.875 + 50),
        (2.0, 2.0, 0.0),
    ])
    func energyIsTheAreaBelowThePower(start: Double, end: Double, joules: Double) {
        let log = log([(1, 100), (2, 200), (3, 200)])
        #expect(energy(log, start, end) == .joules(joules))
    }

    @Test func windowWithoutAReadingIsTooShort() {
        let log = log([(1, 100), (2, 200)])
        #expect(
            energy(log, 1.25, 1.75) == .unknown(.tooShort(command: "p", seconds: 0.5)))
        #expect(energy(log, 3, 4) == .unknown(.tooShort(command: "p", seconds: 1)))
        // It ends before it begins.
        #expect(energy(log, 2, 1) == .unknown(.tooShort(command: "p", seconds: 0)))
    }

    @Test func whatIsFarFromAnyReadingIsNotKnown() {
        let log = log([(1, 100), (12, 200), (13, 300)])
        #expect(energy(log, 0, 13) == .unknown(.gap(command: "p", seconds: 11)))
        #expect(energy(log, 12, 30) == .unknown(.gap(command: "p", seconds: 17)))
        #expect(energy(log, 14, 30) == .unknown(.gap(command: "p", seconds: 16)))
        // The neighbour outside is too far away to say what was before the first inside.
        #expect(energy(log, 11, 13) == .joules(200 + 250))
        #expect(energy(log, 13, 23) == .joules(3000))
    }

    @Test func failureIsTheReasonUntilThereIsAReadingAgain() {
        var log = PowerLog(command: "p")
        #expect(energy(log, 0, 1) == .unknown(.noReading(command: "p")))
        let failure = EnergyUnknown.exited(command: "p", status: 1)
        log.fail(failure)
        #expect(energy(log, 0, 1) == .unknown(failure))
        log.add(watts: 100, at: Self.nanoseconds(1))
        #expect(energy(log, 0, 2) == .joules(200))
        log.fail(failure)
        // A reading that failed between two leaves no gap.
        log.add(watts: 100, at: Self.nanoseconds(3))
        #expect(energy(log, 1, 3) == .joules(200))
        log.fail(failure)
        #expect(energy(log, 2, 20) == .unknown(failure))
    }

    @Test func noWindowOverflows() {
        let log = log([(1, 100)])
        #expect(log.energy(from: 0, to: .max).joules == nil)
        #expect(log.energy(from: .max, to: .max).joules == nil)
        #expect(log.energy(from: .max, to: 0).joules == nil)
    }
}
