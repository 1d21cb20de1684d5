import Testing

@testable import Sweep

/// Against values that are known to more digits than a Double has.
@Suite struct ElementaryTests {
    private func isNear(_ value: Double, _ expected: Double, digits: Double = 4e-16) -> Bool {
        abs(value - expected) <= digits * abs(expected)
    }

    @Test(arguments: [
        (1.0, 0.0), (2, 0.6931471805599453), (0.5, -0.6931471805599453),
        (10, 2.302585092994046), (0.1, -2.3025850929940455), (1024, 6.931471805599453),
        (2.718281828459045, 1), (4_194_304, 15.249237972318797), (0x1p-53, -36.7368005696771),
        (Double.leastNonzeroMagnitude, -744.4400719213812),
    ])
    func logarithm(value: Double, expected: Double) {
        #expect(isNear(Elementary.logarithm(value), expected))
    }

    @Test(arguments: [
        (0.0, 1.0), (1, 2.718281828459045), (-1, 0.36787944117144233),
        (0.5, 1.6487212707001282), (10, 22026.465794806718), (-36.7368005696771, 0x1p-53),
        (709, 8.218407461554972e307),
    ])
    func exponential(value: Double, expected: Double) {
        // What an error of the last digit of x is in e^x.
        let digits = 4e-16 + 1.2e-16 * abs(value)
        #expect(isNear(Elementary.exponential(value), expected, digits: digits))
    }

    @Test func exponentialEndsWhereADoubleDoes() {
        #expect(Elementary.exponential(-1e9) == 0)
        #expect(Elementary.exponential(-.infinity) == 0)
        #expect(Elementary.exponential(1e9) == .infinity)
    }

    /// Values of Wichura's paper, and of tables.
    @Test(arguments: [
        (0.25, -0.6744897501960817), (0.001, -3.0902323061678136),
        (1e-20, -9.262340089798408), (0.5, 0), (0.975, 1.9599639845400545),
        (0.99, 2.3263478740408408), (0.95, 1.6448536269514722),
    ])
    func normalQuantile(share: Double, expected: Double) {
        #expect(isNear(Elementary.normalQuantile(share), expected, digits: 2e-15))
    }
}
