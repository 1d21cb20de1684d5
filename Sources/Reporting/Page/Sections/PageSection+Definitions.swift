import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// What the words of the page mean.
    static func definitions(_ manifest: Manifest, in language: Language) -> PageSection {
        let (name, meaning): (String, String) =
            switch manifest.grid.method {
            case .detail:
                (
                    "精确打点法",
                    language(
                        en: "timing points at every step of one call", zh: "一次调用的每一步都打点")
                )
            case .normal:
                (
                    "常规估计法",
                    language(
                        en: "a call of 1 token, a call of n tokens, and an estimate from their "
                            + "difference",
                        zh: "生成 1 个 token 的调用、生成 n 个 token 的调用，由两者之差估计")
                )
            }
        let mode = "perf_mode=\(manifest.grid.method.rawValue)"
        let method: Markup = "\(mode) (\(chinese(name)))\(language.colon)\(meaning)"
        let grid = manifest.grid
        let width = percentText(grid.convergence?.relativeHalfWidth ?? Judgement.widestInterval)
        let words: [(String, String)] = [
            (
                "TTFT",
                language(
                    en:
                        "from the entry of the call until its first token is there, sampling included",
                    zh: "从调用开始到第一个 token 出现，包含采样")
            ),
            ("ITL", language(en: "the gap between one token and the next", zh: "相邻 token 的间隔")),
            ("TPOT", language(en: "the mean gap of an answer", zh: "一个回答的平均间隔")),
            (
                language(en: "End to end", zh: "端到端"),
                language(
                    en: "batch × output length / response time", zh: "batch × 输出长度 / 响应时间")
            ),
            (
                "Decode",
                language(en: "tokens a second after the first", zh: "首 token 之后每秒的 token 数")
            ),
            (
                "MBU",
                language(
                    en: "bytes that a phase must read / its time / measured read bandwidth",
                    zh: "一个阶段必须读取的字节 / 它的时间 / 实测读带宽")
            ),
            (
                "MFU",
                language(
                    en: "operations of a phase / its time / measured operations a second",
                    zh: "一个阶段的运算数 / 它的时间 / 实测每秒运算数")
            ),
            (
                language(en: "Stable", zh: "稳定"),
                language(
                    en:
                        "at least \(grid.fewestForInterval) repetitions, medians known to ±\(width), "
                        + "and nothing disturbed them",
                    zh: "至少 \(grid.fewestForInterval) 次重复，中位数知道到 ±\(width)，没有干扰")
            ),
            (
                language(en: "Unstable", zh: "不稳定"),
                language(
                    en: "true of these runs, but another sweep may say something else",
                    zh: "对这些运行是真的，但再测一次，结果可能不同")
            ),
            (
                language(en: "Invalid", zh: "无效"),
                language(
                    en: "something says that the numbers cannot be right", zh: "有迹象表明数字不可能正确")
            ),
        ]
        let guides = PublishedMetric.allCases.map { metric -> Markup in
            """
            <dt>\(chinese(metric.guidesWord))\(language(en: ", \(metric.name(in: .en))", zh: ""))</dt>\
            <dd>\(language(en: "of the guides: ", zh: "指南的定义："))\
            \(metric.definition(manifest.grid.method, in: language))</dd>

            """
        }
        let items =
            ["<dt>\(language(en: "Method", zh: "方法"))</dt><dd>\(method)</dd>\n" as Markup]
            + words.map { "<dt>\($0)</dt><dd>\($1)</dd>\n" as Markup } + guides
        return PageSection(
            anchor: "definitions", title: language(en: "Definitions", zh: "定义"),
            body: "<dl class=\"facts\">\n\(items)</dl>\n")
    }

    /// Words of the guides, for those who have them read out.
    private static func chinese(_ words: String) -> Markup { "<span lang=\"zh\">\(words)</span>" }
}
