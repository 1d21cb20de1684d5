import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct TablesTextTests {
    private static func text(
        _ sweep: ScriptedSweep = ScriptedSweep(), status: Manifest.Status = .completed,
        in language: Language? = nil
    ) throws -> String {
        TablesText(
            identity: ScriptedEngine().identity, grid: sweep.grid, rows: try sweep.rows(),
            status: status, in: language
        ).text
    }

    @Test func tablesAreThoseOfTheDocuments() throws {
        #expect(
            try Self.text() == """
                # tiny · f32 · cpu

                | batch_size | input length | output length | 首token耗时（ms） | 非首token平均耗时（ms） | E2E吞吐（token/s） |
                |------------|--------------|---------------|-------------------|-------------------------|--------------------|
                | 1          | 4            | 3             | 35.63896179199219 | 15.649999618530273      | 39.76724865637403  |
                | 1          | 8            | 1             | 35.63896179199219 |                         | 23.452727966203117 |
                | 2          | 4            | 3             | 71.27792358398438 | 15.649999618530273      | 54.01613278231356  |
                | 2          | 8            | 1             |                   |                         |                    |

                注：E2E吞吐计算为 batch_size * output_length / ResponseTime，ResponseTime 不取整。

                - E2E throughput is batch × output length / ResponseTime with ResponseTime unrounded: its two decimals in the CSV are too few for short cells (5 ms of 0.1 s are 5 %).
                - perf_mode=detail (精确打点法): first token = forward pass of step 1, next tokens = mean forward pass of steps 2…n, both without pre- and post-processing.
                - Rows of fewer than 6 repetitions do not say how sure they are and count as unstable: --repetitions 6 or --until-ci 2% would.

                Failed, skipped or doubtful cells:

                | id       | status | reason                                |
                |----------|--------|---------------------------------------|
                | b1-i8-o1 | ok     | one output token: no next-token times |
                | b2-i8-o1 | failed | out of pages, "all" of them           |

                """)
    }

    /// All that is ours is in the language asked for; the reason of a failure is in the words of who met it.
    @Test func aLanguageIsOfAllWords() throws {
        #expect(
            try Self.text(status: .interrupted, in: .zh) == """
                # tiny · f32 · cpu

                **interrupted：表中是到那时为止测得的结果。**

                | batch_size | input length | output length | 首token耗时（ms） | 非首token平均耗时（ms） | E2E吞吐（token/s） |
                |------------|--------------|---------------|-------------------|-------------------------|--------------------|
                | 1          | 4            | 3             | 35.63896179199219 | 15.649999618530273      | 39.76724865637403  |
                | 1          | 8            | 1             | 35.63896179199219 |                         | 23.452727966203117 |
                | 2          | 4            | 3             | 71.27792358398438 | 15.649999618530273      | 54.01613278231356  |
                | 2          | 8            | 1             |                   |                         |                    |

                - E2E吞吐计算为 batch_size * output_length / ResponseTime，ResponseTime 不取整：CSV 里的两位小数对短的单元太少（0.1 s 的 5 ms 是 5 %）。
                - perf_mode=detail（精确打点法）：首 token = 第 1 步的前向，非首 token = 第 2…n 步前向的平均，都不含前后处理。
                - 少于 6 次重复的行说明不了有多可信，算作不稳定：用 --repetitions 6 或 --until-ci 2%。

                失败、跳过或存疑的单元：

                | id       | 状态   | 原因                                    |
                |----------|--------|-----------------------------------------|
                | b1-i8-o1 | ok     | 只输出一个 token：没有后续 token 的时间 |
                | b2-i8-o1 | failed | out of pages, "all" of them             |

                """)
        let english = try Self.text(in: .en)
        #expect(english.contains("| first token (ms)"))
        #expect(!english.contains("首token") && !english.contains("注："))
    }

    @Test func aTerminalShowsEitherLanguage() throws {
        let sweep = ScriptedSweep()
        let text = ResultsText(
            identity: ScriptedEngine().identity, grid: sweep.grid, rows: try sweep.rows(),
            status: .completed, in: .zh
        ).text
        #expect(
            text.contains("| batch | 输入长度 | 输出长度 | TTFT (ms) | TPOT (ms) | 吞吐 (token/s) | n | 判定"))
        #expect(text.contains("| 不稳定 |"))
        #expect(text.contains("少于 6 次重复说明不了有多可信"))
    }

    @Test func interruptedSweepSaysSo() throws {
        #expect(
            try Self.text(status: .interrupted)
                .contains("**interrupted: the table holds what was measured until then.**"))
    }

    @Test func methodIsNamed() throws {
        var sweep = ScriptedSweep()
        sweep.grid.method = .normal
        #expect(try Self.text(sweep).contains("perf_mode=normal (常规估计法)"))
        #expect(!(try Self.text(sweep).contains("perf_mode=detail")))
    }

    @Test func medianIsSaidOnlyOfSeveralRepetitions() throws {
        var sweep = ScriptedSweep()
        #expect(!(try Self.text(sweep).contains("median")))
        sweep.grid.repetitions = 3
        #expect(try Self.text(sweep).contains("3 repetitions: a row is the repetition"))
    }

    @Test func fieldNeverBreaksTheTable() {
        let column = Column<String>("x") { .text($0) }
        #expect(
            MarkdownTable.text([column], ["a|b\nc"]) == """
                | x      |
                |--------|
                | a\\|b c |

                """)
    }
}
