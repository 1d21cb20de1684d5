import Charts
import Measurement
import Sweep

extension PageSection {
    /// What the words of the page mean.
    static func definitions(_ manifest: Manifest) -> PageSection {
        let method: Markup =
            switch manifest.grid.method {
            case .detail:
                """
                perf_mode=detail (\(chinese("精确打点法"))): timing points at every step of one call
                """
            case .normal:
                """
                perf_mode=normal (\(chinese("常规估计法"))): a call of 1 token, a call of n tokens, and an \
                estimate from their difference
                """
            }
        let words: [(String, String)] = [
            (
                "TTFT",
                "from the entry of the call until its first token is there, sampling included"
            ),
            ("ITL", "the gap between one token and the next"),
            ("TPOT", "the mean gap of an answer"),
            ("End to end", "batch × output length / response time"),
            ("Decode", "tokens a second after the first"),
            ("MBU", "bytes that a phase must read / its time / measured read bandwidth"),
            ("MFU", "operations of a phase / its time / measured operations a second"),
            (
                "Stable",
                "at least \(manifest.grid.fewestForInterval) repetitions, medians known to "
                    + "±\(percentText(manifest.grid.convergence?.relativeHalfWidth ?? Judgement.widestInterval)), "
                    + "and nothing disturbed them"
            ),
            ("Unstable", "true of these runs, but another sweep may say something else"),
            ("Invalid", "something says that the numbers cannot be right"),
        ]
        let guides = PublishedMetric.allCases.map { metric -> Markup in
            """
            <dt>\(chinese(metric.guidesWord)), \(metric.name)</dt>\
            <dd>of the guides: \(metric.definition(manifest.grid.method))</dd>

            """
        }
        let items =
            ["<dt>Method</dt><dd>\(method)</dd>\n" as Markup]
            + words.map { "<dt>\($0)</dt><dd>\($1)</dd>\n" as Markup } + guides
        return PageSection(
            anchor: "definitions", title: "Definitions",
            body: "<dl class=\"facts\">\n\(items)</dl>\n")
    }

    /// Words of the guides, for those who have them read out.
    private static func chinese(_ words: String) -> Markup { "<span lang=\"zh\">\(words)</span>" }
}
