import Measurement
import Sweep
import Testing

@Suite struct ArrivalsTests {
    private static let many = 10_000

    private func offsets(
        _ text: String, count: Int = Self.many, seed: UInt64 = 1
    ) throws -> [UInt64] {
        try #require(try Arrivals(parsing: text).offsets(count: count, seed: seed))
    }

    /// The gaps between arrivals in seconds.
    private func gaps(_ text: String, seed: UInt64 = 1) throws -> Statistics {
        let offsets = try offsets(text, seed: seed)
        #expect(offsets[0] == 0)
        return try #require(
            Statistics(zip(offsets, offsets.dropFirst()).map { Double($1 - $0) / 1e9 }))
    }

    @Test(arguments: [
        ("together", "together"), (" together ", "together"), ("closed:8", "closed:8"),
        ("rate:4", "rate:4~constant"), ("rate:0.25~poisson", "rate:0.25~poisson"),
        ("rate:4.0~gamma:0.50", "rate:4~gamma:0.5"), ("rate:0.001", "rate:0.001~constant"),
        ("rate:1000000~gamma:1000", "rate:1000000~gamma:1000"),
    ])
    func textIsReadAndWrittenInOneForm(text: String, canonical: String) throws {
        let read = try Arrivals(parsing: text)
        #expect(read.description == canonical)
        #expect(try Arrivals(parsing: canonical) == read)
    }

    @Test(arguments: [
        ("", WorkloadError.empty(.arrivals)),
        ("Together", .malformed(.arrivals, item: "Together", text: "Together", position: 1)),
        ("together:2", .malformed(.arrivals, item: "together:2", text: "together:2", position: 1)),
        ("closed", .malformed(.arrivals, item: "closed", text: "closed", position: 1)),
        ("closed:x", .malformed(.arrivals, item: "x", text: "closed:x", position: 8)),
        ("closed:1.5", .malformed(.arrivals, item: "1.5", text: "closed:1.5", position: 8)),
        (
            "closed:0",
            .outOfRange(
                .arrivals, item: "0", position: 8, allowed: "a number from 1 to 4194304")
        ),
        ("rate:", .malformed(.arrivals, item: "", text: "rate:", position: 6)),
        ("rate:-4", .malformed(.arrivals, item: "-4", text: "rate:-4", position: 6)),
        ("rate:nan", .malformed(.arrivals, item: "nan", text: "rate:nan", position: 6)),
        ("rate:1e3", .malformed(.arrivals, item: "1e3", text: "rate:1e3", position: 6)),
        ("rate:.5", .malformed(.arrivals, item: ".5", text: "rate:.5", position: 6)),
        ("rate:5.", .malformed(.arrivals, item: "5.", text: "rate:5.", position: 6)),
        (
            "rate:0",
            .outOfRange(
                .arrivals, item: "0", position: 6, allowed: "a number from 0.001 to 1000000")
        ),
        (
            "rate:" + String(repeating: "9", count: 400),
            .outOfRange(
                .arrivals, item: String(repeating: "9", count: 400), position: 6,
                allowed: "a number from 0.001 to 1000000")
        ),
        ("rate:4~", .malformed(.arrivals, item: "", text: "rate:4~", position: 8)),
        ("rate:4~even", .malformed(.arrivals, item: "even", text: "rate:4~even", position: 8)),
        (
            "rate:4~gamma",
            .malformed(.arrivals, item: "gamma", text: "rate:4~gamma", position: 8)
        ),
        (
            "rate:4~poisson:2",
            .malformed(.arrivals, item: "poisson:2", text: "rate:4~poisson:2", position: 8)
        ),
        (
            "rate:4~gamma:0.001",
            .outOfRange(
                .arrivals, item: "0.001", position: 14, allowed: "a number from 0.01 to 1000")
        ),
    ])
    func badTextIsRefused(text: String, error: WorkloadError) {
        #expect(throws: error) { try Arrivals(parsing: text) }
    }

    @Test func scheduleWithoutChanceIsExact() throws {
        #expect(try offsets("together", count: 3) == [0, 0, 0])
        #expect(
            try offsets("rate:4", count: 4) == [0, 250_000_000, 500_000_000, 750_000_000])
        // Not the sum of rounded thirds.
        #expect(try offsets("rate:3", count: 4)[3] == 1_000_000_000)
        #expect(try Arrivals(parsing: "closed:8").offsets(count: 9, seed: 1) == nil)
        #expect(try offsets("rate:4~poisson", count: 0) == [])
    }

    @Test(arguments: ["rate:4~poisson", "rate:4~gamma:0.5", "rate:4~gamma:5"])
    func scheduleIsOfItsSeed(text: String) throws {
        let first = try offsets(text)
        #expect(try offsets(text) == first)
        #expect(try offsets(text, seed: 2) != first)
        #expect(try offsets(text, count: 10) == Array(first[..<10]))
        #expect(first == first.sorted())
    }

    /// Mean 1/rate, and the coefficient of variation 1/√shape, where Poisson has the shape 1.
    ///
    /// Over 10,000 gaps the mean is within 5 standard errors of 1/√(shape·10,000), and the
    /// coefficient within a tenth.
    @Test(arguments: [
        ("rate:4~poisson", 1.0), ("rate:4~gamma:1", 1), ("rate:4~gamma:0.25", 0.25),
        ("rate:4~gamma:0.5", 0.5), ("rate:4~gamma:4", 4), ("rate:4~gamma:100", 100),
    ])
    func gapsHaveTheirMeanAndSpread(text: String, shape: Double) throws {
        let gaps = try gaps(text)
        #expect(abs(gaps.mean * 4 - 1) < 5 / (shape * 10_000).squareRoot())
        let variation = try #require(gaps.standardDeviation) / gaps.mean
        #expect(abs(variation * shape.squareRoot() - 1) < 0.1)
    }

    /// A share of 1 − e^(−x) is below x means: 63.2 % below the mean, and half below ln 2 of it.
    @Test func gapsOfPoissonAreExponential() throws {
        let gaps = try gaps("rate:4~poisson").sorted
        #expect(abs(Double(gaps.count { $0 < 0.25 }) / Double(gaps.count) - 0.632) < 0.025)
        #expect(abs(Double(gaps.count { $0 < 0.1733 }) / Double(gaps.count) - 0.5) < 0.025)
    }

    /// A quarter of a gamma distribution of the shape 1/2 is the square of a normal one: 68.3 % are
    /// within its deviation, which is the mean.
    @Test func gapsOfGammaAreThoseOfItsShape() throws {
        let gaps = try gaps("rate:4~gamma:0.5").sorted
        #expect(abs(Double(gaps.count { $0 < 0.25 }) / Double(gaps.count) - 0.6827) < 0.025)
    }

    @Test func burstsMayHaveNoGapAtAll() throws {
        let gaps = try gaps("rate:4~gamma:0.01")
        #expect(gaps.minimum >= 0)
        #expect(gaps.maximum.isFinite)
        // e^(−1/shape·E) is nearly 0 nearly always.
        #expect(gaps.median == 0)
    }
}
