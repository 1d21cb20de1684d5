import Basics
import Charts
import Sweep

extension PageSection {
    /// The cells that failed, were skipped or should be doubted, and why.
    static func doubts(_ rows: [Row], in language: Language) -> PageSection? {
        let doubtful = rows.filter { $0.reason != nil }
        guard !doubtful.isEmpty else { return nil }
        let title = language(en: "Failed, skipped and doubtful cells", zh: "失败、跳过或存疑的单元")
        let table = PageTable<Row>(
            caption: title,
            columns: [
                PageTable.Column(language.cell) { .text($0.point.words) },
                PageTable.Column(language(en: "status", zh: "状态")) {
                    .text($0.status.word(in: language))
                },
                PageTable.Column(language.verdict) { verdict($0, in: language) },
                PageTable.Column(language.reason) { .prose($0.reason(in: language) ?? "") },
            ], rows: doubtful)
        return PageSection(anchor: "doubts", title: title, body: table.markup)
    }

    /// What else happened on the machine while the cells were measured.
    static func disturbances(_ rows: [Row], in language: Language) -> PageSection? {
        let known = rows.filter { $0.conditions != nil }
        guard !known.isEmpty else { return nil }
        typealias Column = PageTable<Row>.Column
        func milliseconds(_ nanoseconds: Int?) -> Double? { nanoseconds.map { Double($0) / 1e6 } }
        let title = language(en: "Disturbances", zh: "干扰")
        let times = language(en: "times", zh: "次")
        let faults = language(en: "page faults", zh: "缺页")
        let table = PageTable<Row>(
            caption: title,
            columns: [
                Column(language.cell) { .text($0.point.words) },
                Column(language(en: "waited for a CPU", zh: "等待 CPU"), unit: "ms") {
                    .number(milliseconds($0.conditions?.runDelayNanoseconds))
                },
                Column(
                    language(en: "taken by the hypervisor", zh: "被虚拟机管理程序占去"), unit: "ms"
                ) { .number(milliseconds($0.conditions?.stealNanoseconds)) },
                Column(language(en: "lost the CPU", zh: "被抢占"), unit: times) {
                    .number($0.conditions?.involuntarySwitches)
                },
                Column(language(en: "moved", zh: "被迁移"), unit: times) {
                    .number($0.conditions?.migrations)
                },
                Column(faults, unit: language(en: "in memory", zh: "内存内")) {
                    .number($0.conditions?.minorFaults)
                },
                Column(faults, unit: language(en: "from disk", zh: "读盘")) {
                    .number($0.conditions?.majorFaults)
                },
                Column(language(en: "drift", zh: "漂移"), unit: "%") {
                    .number(($0.drift?.change).map { $0 * 100 })
                },
            ], rows: known)
        let explanation = language(
            en: "Sums over the repetitions and threads of a cell.",
            zh: "一个单元的各次重复和各线程之和。")
        return PageSection(
            anchor: "disturbances", title: title,
            body: "<p class=\"lead\">\(explanation)</p>\n" + table.markup)
    }
}
