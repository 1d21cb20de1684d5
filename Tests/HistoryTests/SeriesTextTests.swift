import Basics
import Reporting
import TestSupport
import Testing

@testable import History

/// What `plot` prints.
@Suite struct SeriesTextTests {
    private func series(
        _ point: String, _ values: [Double], machine: String? = "00112233aabb"
    )
        -> Series
    {
        Series(
            subject: .init(model: "tiny", precision: "int8", machine: machine, engine: []),
            point: point,
            values: values.enumerated().map { index, value in
                .init(
                    run: "\(index)", startedAt: Timestamp(seconds: 1_700_000_000 + index * 86_400),
                    value: value)
            })
    }

    @Test func oneSeriesIsAGraph() {
        let text = SeriesText(
            [series("b1-i8-o4", [10, 12, 19, 10])], metric: "tpot_median_ms", width: 60
        ).text
        #expect(
            text == """
                tpot_median_ms of tiny, int8, machine 00112233, b1-i8-o4
                19.00 │                                   ●
                      │
                      │
                      │
                      │
                      │
                      │
                      │                  ●
                      │
                10.00 │ ●                                                  ●
                      └─────────────────────────────────────────────────────
                        2023-11-14T22:13:20Z to 2023-11-17T22:13:20Z
                        10.00 → 10.00, 4 runs

                """)
    }

    @Test func severalSeriesAreBars() {
        let text = SeriesText(
            [
                series("b1-i8-o4", [10, 12, 19, 10]), series("b16-i8-o4", [5]),
                series("b1-i8-o4", [7, 7], machine: nil),
            ], metric: "tpot_median_ms", width: 60
        ).text
        #expect(
            text == """
                tpot_median_ms of tiny, int8, machine 00112233
                  b1-i8-o4   ▁▃█▁  10.00 → 10.00, 4 runs
                  b16-i8-o4  ▅  5.000, 1 run
                tpot_median_ms of tiny, int8, machine unknown
                  b1-i8-o4  ▅▅  7.000 → 7.000, 2 runs

                """)
    }

    @Test func eitherIsSaidInChinese() throws {
        let one = [series("b1-i8-o4", [10, 12, 19, 10], machine: nil)]
        let several = one + [series("b16-i8-o4", [5], machine: nil)]
        let text = SeriesText(several, metric: "tpot_median_ms", width: 60, in: .zh).text
        #expect(
            text == """
                tpot_median_ms：tiny，int8，机器 未知
                  b1-i8-o4   ▁▃█▁  10.00 → 10.00，4 次运行
                  b16-i8-o4  ▅  5.000，1 次运行

                """)
        for series in [one, several] {
            let (english, chinese) = (
                ReportDocument(series, metric: "tpot_median_ms", width: 60),
                ReportDocument(series, metric: "tpot_median_ms", width: 60, in: .zh)
            )
            let (text, said) = (
                ReadableText(lines: try ReportFormat.text.render(chinese)),
                ReadableText(lines: try ReportFormat.text.render(english))
            )
            #expect(text.sentences(except: []) == [])
            #expect(text.numbers == said.numbers)
            let page = ReadableText(html: try ReportFormat.html.render(chinese))
            #expect(page.sentences(except: []) == [])
            #expect(
                page.numbers
                    == ReadableText(html: try ReportFormat.html.render(english)).numbers)
        }
    }

    @Test(arguments: [20, 40, 80], [1, 2, 1000])
    func noLineIsWiderThanTheTerminal(_ width: Int, _ count: Int) {
        let values = (0..<count).map { Double($0) * 1e300 - 1e308 }
        for all in [[series("b1-i8-o4", values)], [series("长", values), series("b", values)]] {
            let text = SeriesText(all, metric: "ttft_median_ms", width: width).text
            for line in text.split(separator: "\n") {
                #expect(String(line).displayWidth <= width, "\(line)")
            }
        }
    }

    @Test func neighboursBecomeTheirMedian() {
        #expect(SeriesText.binned([1, 2, 9, 4, 5, 6], into: 2) == [2, 5])
        #expect(SeriesText.binned([3, 1], into: 2) == [3, 1])
    }
}
