package import Basics
import Charts
import Measurement
import Profiling

/// The page of a profile: what took the time, and why.
package struct ProfilePage {
    package var profile: Profile
    /// What ran each operator, by the operator's name: `matmul bf16 avx512`.
    package var kernels: [String: String]
    /// What other parts of the program have to show, before the machine.
    package var additions: [PageSection]
    package var language: Language

    package init(
        _ profile: Profile, kernels: [String: String], additions: [PageSection] = [],
        in language: Language = .en
    ) {
        self.profile = profile
        self.kernels = kernels
        self.additions = additions
        self.language = language
    }

    /// As wide as a page at its widest.
    package static let flameWidth = 1200.0

    package var page: Page {
        let shape = profile.recording.shape
        let measured: [PageSection?] =
            [advice] + profile.tables.map { operators($0) } + [roofline, flame]
        return Page(
            title: profile.manifest.title,
            subtitles: [
                language(
                    en: "Profile: batch \(shape.batch), \(shape.inputLength) tokens in, "
                        + "\(shape.outputLength) out",
                    zh: "剖析：batch \(shape.batch)，输入 \(shape.inputLength) token，"
                        + "输出 \(shape.outputLength)")
            ] + profile.manifest.subtitles(in: language),
            sections: measured.compactMap(\.self) + additions
                + [.machine(profile.manifest, [], in: language)], in: language)
    }

    private var advice: PageSection? {
        let findings = profile.findings
        guard !findings.isEmpty else { return nil }
        let items = findings.map { "<li>\($0.text[language])</li>\n" as Markup }
        return PageSection(
            anchor: "advice", title: Profile.adviceTitle(in: language),
            body: "<ul class=\"notices\">\n\(items)</ul>\n")
    }

    private func operators(_ table: OperatorTable) -> PageSection {
        let rows = PageTable<OperatorRow>(
            caption: title(of: table.phase),
            columns: [
                .init(language(en: "operator", zh: "算子")) { .text($0.name) },
                .init(language(en: "calls", zh: "调用")) { .number($0.calls) },
                .init(language(en: "work", zh: "工作"), unit: "ms") {
                    field($0.total / 1e6, decimals: 3)
                },
                .init(language(en: "share", zh: "占比"), unit: "%") {
                    field($0.share * 100, decimals: 2)
                },
                .init(language(en: "at barriers", zh: "屏障"), unit: "ms") {
                    field($0.wait / 1e6, decimals: 3)
                },
                .init(language(en: "call, median", zh: "调用，中位数"), unit: "µs") {
                    field($0.median / 1e3, decimals: 1)
                },
                .init(language(en: "moved", zh: "搬运"), unit: "GB/s") {
                    field($0.bytesPerSecond.map { $0 / 1e9 }, decimals: 2)
                },
                .init(language(en: "computed", zh: "运算"), unit: "GFLOP/s") {
                    field($0.operationsPerSecond.map { $0 / 1e9 }, decimals: 1)
                },
                .init(language(en: "of the roof", zh: "占上限"), unit: "%") {
                    field($0.roofShare.map { $0 * 100 }, decimals: 1)
                },
                .init(language(en: "imbalance", zh: "不均衡")) { field($0.imbalance, decimals: 2) },
                .init(language(en: "kernel", zh: "内核")) { .text(kernels[$0.name] ?? "") },
            ], rows: table.rows)
        return PageSection(
            anchor: table.phase.rawValue, title: title(of: table.phase),
            body: "<p>\(summary(of: table))</p>\n\(rows.markup)")
    }

    private func title(of phase: Phase) -> String {
        language(en: "Operators of \(phase.rawValue)", zh: "\(phase.rawValue) 的算子")
    }

    /// Where the time of a phase went, and what the columns of its table mean.
    private func summary(of table: OperatorTable) -> String {
        let parts = [
            (language(en: "operators", zh: "算子"), table.rows.reduce(0) { $0 + $1.total }),
            (language(en: "barriers", zh: "屏障"), table.barriers),
            (language(en: "the start of passes", zh: "各趟的开始"), table.dispatch),
            (language(en: "the driving thread alone", zh: "只有驱动线程"), table.host),
            (language(en: "not accounted for", zh: "没有归属"), table.remainder),
        ]
        let shares = parts.map { "\($0) \(fixed(table.share($1) * 100, decimals: 2)) %" }
            .joined(separator: language.comma)
        let time = fixed(table.duration / 1e6, decimals: 3)
        let steps = Profile.steps(table.stepCount, in: language)
        return language(
            en:
                "\(time) ms, \(steps): \(shares). Times are means over the threads; rates are those of "
                + "calls as a whole, from the first thread's start to the last thread's end.",
            zh: "\(time) ms，\(steps)：\(shares)。时间是各线程的平均；速率是整次调用的，从第一个线程开始到最后一个"
                + "线程结束。")
    }

    private func field(_ value: Double?, decimals: Int) -> PageTable<OperatorRow>.Field {
        guard let value else { return .number(value) }
        return .init("\(fixed(value, decimals: decimals))", order: value, kind: .number)
    }

    private var roofline: PageSection? {
        guard let roofline = Roofline(profile.tables, roof: profile.recording.roof) else {
            return nil
        }
        return PageSection(
            anchor: "roofline", title: language(en: "Roofline", zh: "屋顶线"),
            explanation: language(
                en: """
                    Below the slope memory sets the pace, below the level part the arithmetic of the \
                    cores; both were measured on the same threads right before and after. An operator \
                    far below the line is slowed by its own kernel or by waiting, one above the slope \
                    finds its numbers in caches.
                    """,
                zh: """
                    斜线之下由内存决定快慢，水平线之下由核的运算决定；两者都在同样的线程上紧挨着之前和之后测得。远在\
                    线下的算子受自己的内核或等待拖累，在斜线之上的从缓存里得到数据。
                    """),
            figures: [Figure(roofline.plot(in: language).drawing, isWide: true)],
            numbers: numbers, in: language)
    }

    private var flame: PageSection? {
        let graph = FlameGraph(profile.recording, kernels: kernels)
        guard !graph.phases.isEmpty else { return nil }
        return PageSection(
            anchor: "flame", title: language(en: "Flame graph", zh: "火焰图"),
            explanation: language(
                en: """
                    Each box is as wide as the time of all threads that it took, and stands on what it \
                    is a part of: kernels on their operators, and beside them the waiting at the \
                    barriers behind.
                    """,
                zh: "每个方块的宽度是它占用的各线程时间，立在它所属的东西之上：内核在算子上，旁边是在其后屏障处的等待。"),
            figures: [Figure(graph.drawing(width: Self.flameWidth, in: language), isWide: true)],
            numbers: numbers, in: language)
    }

    /// The tables of operators have the numbers of both drawings.
    private var numbers: PageSection.Numbers {
        guard let first = profile.tables.first else { return .tables("") }
        return .section(
            anchor: first.phase.rawValue, title: title(of: first.phase))
    }
}
