import Suite
import Testing

/// Computed by hand: 80 Gbit/s are 10 GB/s.
@Suite struct LinkTests {
    private let link = Link(gigabits: 80, microseconds: 10)

    private func isNear(_ value: Double, _ expected: Double) -> Bool {
        abs(value - expected) <= 1e-12
    }

    /// Two rounds of 10 us, and 0.1 us for the 1000 bytes of each of three others; a round more would save
    /// half of that.
    @Test func littleIsGathered() {
        #expect(isNear(link.allReduces(1, bytes: 1000, ranks: 4), 20e-6 + 0.3e-6))
    }

    /// Three rounds of 10 us, and 2 · 3/4 of 100 us; gathering would take 300 us.
    @Test func muchIsDealt() {
        #expect(isNear(link.allReduces(1, bytes: 1e6, ranks: 4), 30e-6 + 150e-6))
    }

    @Test func threeRanksTakeTheRoundsOfFour() {
        #expect(isNear(link.allReduces(1, bytes: 1000, ranks: 3), 20e-6 + 0.2e-6))
    }

    /// Five of 200 bytes each wait five times as often for the bytes of one of 1000.
    @Test func everyOneOfSeveralWaits() {
        #expect(isNear(link.allReduces(5, bytes: 1000, ranks: 2), 50e-6 + 0.1e-6))
    }

    @Test func oneRankSendsNothing() {
        #expect(link.allReduces(5, bytes: 1000, ranks: 1) == 0)
    }
}
