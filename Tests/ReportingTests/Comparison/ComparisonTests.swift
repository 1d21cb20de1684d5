import Basics
import Foundation
import Measurement
import Reporting
import Testing

struct ComparisonTests {
    private func outcome(
        _ metric: Metric = .ttft, from before: Double, to after: Double, count: Int = 10,
        cells: Int = 1, threshold: Double = 0.02
    ) throws -> CellComparison.Outcome {
        func side(_ value: Double) -> ComparisonSide {
            ComparisonSide(
                "r", (0..<cells).map { .spread("c\($0)", metric, around: value, count: count) })
        }
        let comparison = try Comparison(
            side(before), side(after), settings: .init(threshold: threshold, resamples: 100))
        return try #require(comparison.metrics.first?.cells.first).outcome
    }

    @Test func lessTimeAndMoreRateAreFaster() throws {
        #expect(try outcome(.ttft, from: 100, to: 50) == .faster)
        #expect(try outcome(.ttft, from: 50, to: 100) == .slower)
        #expect(try outcome(.output, from: 100, to: 50) == .slower)
        #expect(try outcome(.output, from: 50, to: 100) == .faster)
        #expect(try outcome(.ttft, from: 100, to: 100, threshold: 0.1) == .noDifference)
    }

    @Test func whatIsSureButSmallIsNoDifference() throws {
        #expect(try outcome(from: 100, to: 112, threshold: 0.05) == .slower)
        #expect(try outcome(from: 100, to: 112, threshold: 0.25) == .noDifference)
        #expect(try outcome(from: 112, to: 100, threshold: 0.05) == .faster)
        #expect(try outcome(from: 112, to: 100, threshold: 0.25) == .noDifference)
    }

    /// The interval is about ±4.5 % wide: no evidence for a floor of 2 %, enough for one of 5 %.
    @Test func noDifferenceNeedsAnIntervalWithinTheFloor() throws {
        guard case .cannotTell(let reason) = try outcome(from: 100, to: 100) else {
            Issue.record("an interval wider than the floor told something")
            return
        }
        #expect(
            reason.en.wholeMatch(
                of: #/interval \[0\.9\d\d, 1\.0\d\d\]; \d+ more repetitions would do/#)
                != nil, "\(reason)")
        #expect(try outcome(from: 100, to: 100, threshold: 0.06) == .noDifference)
    }

    /// The width falls with the root of the number: 2.8 standard errors are to fit into log 1.02 − |c|.
    @Test func repetitionsAreForeseenFromTheWidth() throws {
        func side(_ values: [Double]) -> ComparisonSide {
            ComparisonSide("r", [ComparedCell(id: "c", values: [.ttft: values])])
        }
        let values = (0..<10).map { 100.0 + Double($0) }
        let cell = try Comparison(side(values), side(values)).metrics[0].cells[0]
        let interval = try #require(cell.speed?.interval)
        let (low, high) = (log(interval.low), log(interval.high))
        let needed =
            10
            * pow(
                2.80156 / 1.95996 * (high - low) / 2 / (log(1.02) - abs(low + high) / 2), 2)
        #expect(cell.repetitionsLeft == Int(needed.rounded(.up)) - 10)
    }

    @Test func aDifferenceIsForeseenWhereTheIntervalLeansToIt() throws {
        guard case .cannotTell(let reason) = try outcome(from: 100, to: 103, count: 6) else {
            Issue.record("told")
            return
        }
        #expect(
            reason.en.contains(" more repetitions would show whether it is slower"), "\(reason)")
    }

    /// The least p-values are 1, 0.1, 2/70 and 2/252; an interval needs 5 values.
    @Test(arguments: [
        (1, 1, "1 repetition; at least 4 more are needed"),
        (3, 1, "3 repetitions; at least 2 more are needed"),
        (4, 2, "4 repetitions; at least 1 more is needed"),
        (5, 7, "; 1 more repetition would show whether it is slower"),
    ])
    func tooFewRepetitionsCannotTell(count: Int, cells: Int, reason: String) throws {
        guard case .cannotTell(let said) = try outcome(from: 1, to: 9, count: count, cells: cells)
        else {
            Issue.record("\(count) repetitions of \(cells) cells told something")
            return
        }
        #expect(said.en.hasSuffix(reason), "\(said)")
    }

    @Test(arguments: [(4, 1), (5, 6), (10, 100)])
    func enoughRepetitionsCanTell(count: Int, cells: Int) throws {
        #expect(try outcome(from: 1, to: 9, count: count, cells: cells) == .slower)
    }

    /// However clear the difference: it may be the machine's.
    @Test func aDisturbedSideCannotTell() throws {
        func cell(_ value: Double, isDisturbed: Bool) -> ComparedCell {
            var cell = ComparedCell.spread("c", .ttft, around: value)
            cell.isDisturbed = isDisturbed
            return cell
        }
        for (a, b, reason) in [
            (true, false, "A was disturbed"), (false, true, "B was disturbed"),
            (true, true, "A and B were disturbed"),
        ] {
            let comparison = try Comparison(
                ComparisonSide("a", [cell(1, isDisturbed: a)]),
                ComparisonSide("b", [cell(2, isDisturbed: b)]))
            #expect(comparison.metrics.first?.cells.first?.whyOpen?.en == reason)
            #expect(comparison.verdict == .cannotTell)
        }
    }

    private static func side(
        _ value: Double, roof gigabytes: Double, facts: [Fact] = []
    ) -> ComparisonSide {
        var cell = ComparedCell.spread("c", .ttft, around: value)
        cell.roofs = (0..<10).map {
            Roof(readBytesPerSecond: (gigabytes + Double($0) / 10) * 1e9, operationsPerSecond: 9e11)
        }
        return ComparisonSide("r", [cell], facts: facts)
    }

    /// Neighbours that left took the difference with them.
    @Test func aMachineThatMovedCannotTell() throws {
        let moved = try Comparison(Self.side(1, roof: 37), Self.side(2, roof: 60))
        #expect(
            moved.metrics.first?.cells.first?.whyOpen?.en
                == "the machine moved, it reads 37 GB/s in A and 60 in B")
        let still = try Comparison(Self.side(1, roof: 37), Self.side(2, roof: 38))
        #expect(still.metrics.first?.cells.first?.outcome == .slower)
    }

    /// Another number of threads has another roof on a machine that stands still.
    @Test func aRoofThatMayDifferIsNoMove() throws {
        let comparison = try Comparison(
            Self.side(2, roof: 20, facts: [Fact("threads", "1")]),
            Self.side(1, roof: 37, facts: [Fact("threads", "2")]))
        #expect(comparison.metrics.first?.cells.first?.outcome == .faster)
    }

    /// The cell with three repetitions would make the others' p-values 3·2/70 > 5 %.
    @Test func aCellThatCannotTellIsNoBurdenToOthers() throws {
        func side(_ value: Double) -> ComparisonSide {
            ComparisonSide(
                "r",
                [
                    .spread("a", .ttft, around: value, count: 3),
                    .spread("b", .ttft, around: value, count: 3),
                    .spread("c", .ttft, around: value, count: 4),
                ])
        }
        let comparison = try Comparison(side(1), side(2))
        let few = "3 repetitions; at least 2 more are needed"
        let cells = comparison.metrics[0].cells
        #expect(cells.map { $0.whyOpen?.en } == [few, few, nil])
        #expect(cells[2].outcome == .slower)
    }

    @Test func holmCorrectsOverTheCells() throws {
        let before = ComparedCell(id: "a", values: [.ttft: [1, 2, 3, 4, 6]])
        let after = ComparedCell(id: "a", values: [.ttft: [5, 7, 8, 9, 10]])
        let alone = try Comparison(ComparisonSide("a", [before]), ComparisonSide("b", [after]))
        // Four of the 252 ways are as far apart; 0.0159, and with four cells 0.0635.
        #expect(alone.metrics[0].cells[0].outcome == .slower)
        let others = ["b", "c", "d"].map { ComparedCell.spread($0, .ttft, around: 5, count: 5) }
        let among = try Comparison(
            ComparisonSide("a", [before] + others), ComparisonSide("b", [after] + others))
        let cell = among.metrics[0].cells[0]
        #expect(abs(try #require(cell.adjustedPValue) - 4 * 4.0 / 252) < 1e-12)
        #expect(cell.isOpen)
    }

    /// One cell by four metrics is a family of four tests.
    @Test func holmCorrectsOverTheMetrics() throws {
        let values: [Metric: [Double]] = [
            .ttft: [1, 2, 3, 4, 6], .tpot: [5, 5, 5, 5, 5], .output: [5, 5, 5, 5, 5],
            .prefill: [5, 5, 5, 5, 5],
        ]
        var after = values
        after[.ttft] = [5, 7, 8, 9, 10]
        let comparison = try Comparison(
            ComparisonSide("a", [ComparedCell(id: "a", values: values)]),
            ComparisonSide("b", [ComparedCell(id: "a", values: after)]))
        let cell = comparison.metrics[0].cells[0]
        #expect(abs(try #require(cell.adjustedPValue) - 4 * 4.0 / 252) < 1e-12)
        #expect(cell.isOpen)
        #expect(comparison.metrics.dropFirst().allSatisfy { $0.cells[0].outcome == .noDifference })
        #expect(comparison.verdict == .noRegression)
    }

    @Test func aNegativeEstimateHasNoRatio() throws {
        let before = ComparedCell(id: "a", values: [.tpot: [-1, 1, 2, 3, 4]])
        let after = ComparedCell(id: "a", values: [.tpot: [5, 6, 7, 8, 9]])
        let comparison = try Comparison(
            ComparisonSide("a", [before]), ComparisonSide("b", [after]))
        #expect(
            comparison.metrics[0].cells[0].whyOpen?.en == "a value that is not above 0")
        #expect(comparison.metrics[0].geometricMean == nil)
    }

    @Test func decodeRateIsLeftToTPOT() throws {
        let cell = ComparedCell(id: "a", values: [.tpot: [1, 2], .decode: [3, 4]])
        let rate = ComparedCell(id: "a", values: [.decode: [3, 4]])
        let both = try Comparison(ComparisonSide("a", [cell]), ComparisonSide("b", [cell]))
        #expect(both.metrics.map(\.metric) == [.tpot])
        let one = try Comparison(ComparisonSide("a", [cell]), ComparisonSide("b", [rate]))
        #expect(one.metrics.map(\.metric) == [.decode])
    }

    @Test func nothingInCommonIsLostUnlessItMayBeMissing() throws {
        let before = ComparisonSide("a", [.spread("x", .ttft, around: 1)])
        let after = ComparisonSide("b", [.spread("y", .ttft, around: 1)])
        let comparison = try Comparison(before, after)
        #expect(comparison.verdict == .regression)
        #expect(comparison.lost.map(\.id) == ["x"])
        let allowed = try Comparison(before, after, settings: .init(allowsMissing: true))
        #expect(allowed.verdict == .cannotTell)
        #expect(allowed.leftOut.map(\.reason.en) == ["only in A", "only in B"])
    }

    /// What was ok and is not any more is a regression, however it ended.
    @Test(arguments: ["failed: x", "crash: x", "oom: x", "timeout: x", "invalid: x"])
    func aCellThatFailedInBIsLost(failure: String) throws {
        let good = [ComparedCell.spread("x", .ttft, around: 1), .spread("y", .ttft, around: 1)]
        let bad = [good[0], ComparedCell(id: "y", failure: Wording(failure))]
        for allowsMissing in [false, true] {
            let settings = ComparisonSettings(threshold: 0.1, allowsMissing: allowsMissing)
            let comparison = try Comparison(
                ComparisonSide("a", good), ComparisonSide("b", bad), settings: settings)
            #expect(comparison.verdict == .regression)
            #expect(comparison.lost.map(\.reason.en) == ["in B \(failure)"])
            // It did not run before either.
            let before = try Comparison(
                ComparisonSide("a", bad), ComparisonSide("b", bad), settings: settings)
            #expect(before.verdict == .noRegression && before.lost.isEmpty)
            let mended = try Comparison(
                ComparisonSide("a", bad), ComparisonSide("b", good), settings: settings)
            #expect(mended.verdict == .noRegression && mended.lost.isEmpty)
        }
    }

    /// Absent, or planned and not come to.
    @Test(arguments: [false, true])
    func aCellThatBLacksIsLostUnlessItMayBeMissing(isPlanned: Bool) throws {
        let good = [ComparedCell.spread("x", .ttft, around: 1), .spread("y", .ttft, around: 1)]
        var notRun = ComparedCell(id: "y", failure: Wording("not_run: interrupted"))
        notRun.wasRun = false
        let fewer = ComparisonSide("b", [good[0]] + (isPlanned ? [notRun] : []))
        let whole = ComparisonSide("a", good)
        let lost = try Comparison(whole, fewer, settings: .init(threshold: 0.1))
        #expect(lost.verdict == .regression)
        #expect(lost.lost.map(\.id) == ["y"])
        let allowed = try Comparison(
            whole, fewer, settings: .init(threshold: 0.1, allowsMissing: true))
        #expect(allowed.verdict == .noRegression && allowed.lost.isEmpty)
        #expect(allowed.leftOut.map(\.id) == ["y"])
        // More than there was is no fault.
        let grown = try Comparison(fewer, whole, settings: .init(threshold: 0.1))
        #expect(grown.verdict == .noRegression)
        #expect(grown.leftOut.map(\.reason.en) == ["only in B"] && grown.lost.isEmpty)
    }

    @Test func nothingToldIsNotNoRegression() throws {
        let few = ComparisonSide("r", [.spread("x", .ttft, around: 1, count: 3)])
        #expect(try Comparison(few, few).verdict == .cannotTell)
        let failed = ComparisonSide("r", [ComparedCell(id: "x", failure: Wording("crash: x"))])
        let none = try Comparison(failed, failed)
        #expect(none.verdict == .cannotTell && none.metrics.isEmpty)
        #expect(ComparisonText(none).text.hasSuffix("Cannot tell: nothing could be compared.\n"))
    }

    private static let example = (
        a: ComparisonSide(
            "runs/a",
            [
                .spread("b1-i32-o16", .ttft, around: 100),
                .spread("b2-i32-o16", .ttft, around: 200),
                .spread("b4-i32-o16", .ttft, around: 400, count: 3),
                ComparedCell(id: "b8-i32-o16", failure: Wording("oom: more than 2 GiB")),
                .spread("b16-i32-o16", .ttft, around: 1600),
            ],
            facts: [
                Fact("threads", "2"), Fact("CPU model", "EPYC", .notComparable),
                Fact("version", "0.1"),
            ]),
        b: ComparisonSide(
            "runs/b",
            [
                .spread("b1-i32-o16", .ttft, around: 80),
                .spread("b2-i32-o16", .ttft, around: 201),
                .spread("b4-i32-o16", .ttft, around: 800, count: 3),
                .spread("b8-i32-o16", .ttft, around: 800),
                .spread("b9-i32-o16", .ttft, around: 900),
            ],
            facts: [
                Fact("threads", "1"), Fact("CPU model", "Xeon", .notComparable),
                Fact("version", "0.1"),
            ])
    )

    @Test func textHasALineForEachCell() throws {
        let comparison = try Comparison(Self.example.a, Self.example.b)
        #expect(
            ComparisonText(comparison).text == """
                A: runs/a
                B: runs/b
                NOT COMPARABLE: CPU model is EPYC in A and Xeon in B
                differs: threads is 2 in A and 1 in B

                TTFT, ms
                  b1-i32-o16  faster 1.25× [1.19, 1.31]                                                   100.0 → 80.00
                  b2-i32-o16  cannot tell: interval [0.947, 1.041]; 264 more repetitions would do, 1.00×  200.0 → 201.0
                  b4-i32-o16  cannot tell: 3 repetitions; at least 2 more are needed, 0.50×               396.0 → 792.0
                  geometric mean of 3 cells: 0.85×

                Lost: ok in A, not in B
                  b16-i32-o16: only in A

                Not compared
                  b8-i32-o16: in A oom: more than 2 GiB
                  b9-i32-o16: only in B

                × is the speed of B over A's, of medians over repetitions, with its 95 % interval; faster \
                and slower are significant at 5 % over all cells and metrics, and by more than 2 %; no \
                difference has its interval within 0.980 to 1.020.

                Regression: 0 of 3 results slower, 1 cell lost.

                """)
    }

    @Test func markdownHasATableForEachMetric() throws {
        let comparison = try Comparison(Self.example.a, Self.example.b)
        #expect(
            ComparisonText(comparison).markdown == """
                # Comparison

                `runs/a` (A) and `runs/b` (B)

                - NOT COMPARABLE: CPU model is EPYC in A and Xeon in B
                - differs: threads is 2 in A and 1 in B

                ## TTFT, ms

                | id         | result                                                                     | A, median | B, median | n, A | n, B |
                |------------|----------------------------------------------------------------------------|-----------|-----------|------|------|
                | b1-i32-o16 | faster 1.25× [1.19, 1.31]                                                  | 100.0     | 80.00     | 10   | 10   |
                | b2-i32-o16 | cannot tell: interval [0.947, 1.041]; 264 more repetitions would do, 1.00× | 200.0     | 201.0     | 10   | 10   |
                | b4-i32-o16 | cannot tell: 3 repetitions; at least 2 more are needed, 0.50×              | 396.0     | 792.0     | 3    | 3    |

                geometric mean of 3 cells: 0.85×

                ## Lost: ok in A, not in B

                | id          | reason    |
                |-------------|-----------|
                | b16-i32-o16 | only in A |

                ## Not compared

                | id         | reason                    |
                |------------|---------------------------|
                | b8-i32-o16 | in A oom: more than 2 GiB |
                | b9-i32-o16 | only in B                 |

                × is the speed of B over A's, of medians over repetitions, with its 95 % interval; faster \
                and slower are significant at 5 % over all cells and metrics, and by more than 2 %; no \
                difference has its interval within 0.980 to 1.020.

                **Regression: 0 of 3 results slower, 1 cell lost.**

                """)
    }

    @Test func jsonHasNullForWhatIsMissing() throws {
        let side = ComparisonSide("r", [.spread("a", .ttft, around: 1, count: 3)])
        let json = try Comparison(side, side).json()
        #expect(
            json == """
                {
                  "a" : {
                    "notes" : [

                    ],
                    "path" : "r",
                    "source" : "tokenmark"
                  },
                  "b" : {
                    "notes" : [

                    ],
                    "path" : "r",
                    "source" : "tokenmark"
                  },
                  "differences" : [

                  ],
                  "lost" : [

                  ],
                  "metrics" : [
                    {
                      "cells" : [
                        {
                          "adjusted_p_value" : null,
                          "id" : "a",
                          "median_a" : 0.99,
                          "median_b" : 0.99,
                          "outcome" : "cannot_tell",
                          "p_value" : null,
                          "reason" : "3 repetitions; at least 2 more are needed",
                          "repetitions_a" : 3,
                          "repetitions_b" : 3,
                          "repetitions_left" : 2,
                          "speed" : {
                            "high" : null,
                            "low" : null,
                            "ratio" : 1
                          }
                        }
                      ],
                      "geometric_mean" : {
                        "high" : null,
                        "low" : null,
                        "ratio" : 1
                      },
                      "metric" : "ttft_ms"
                    }
                  ],
                  "not_compared" : [

                  ],
                  "regression" : false,
                  "schema_version" : 1,
                  "significance" : 0.05,
                  "threshold" : 0.02,
                  "verdict" : "cannot_tell"
                }

                """)
    }
}
