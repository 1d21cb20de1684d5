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

    package init(_ profile: Profile, kernels: [String: String], additions: [PageSection] = []) {
        self.profile = profile
        self.kernels = kernels
        self.additions = additions
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
                "Profile: batch \(shape.batch), \(shape.inputLength) tokens in, "
                    + "\(shape.outputLength) out"
            ] + profile.manifest.subtitles,
            sections: measured.compactMap(\.self) + additions + [.machine(profile.manifest, [])])
    }

    private var advice: PageSection? {
        let findings = profile.findings
        guard !findings.isEmpty else { return nil }
        let items = findings.map { "<li>\($0.text)</li>\n" as Markup }
        return PageSection(
            anchor: "advice", title: "What could be better",
            body: "<ul class=\"notices\">\n\(items)</ul>\n")
    }

    private func operators(_ table: OperatorTable) -> PageSection {
        let rows = PageTable<OperatorRow>(
            caption: "Operators of \(table.phase.rawValue)",
            columns: [
                .init("operator") { .text($0.name) },
                .init("calls") { .number($0.calls) },
                .init("work", unit: "ms") { field($0.total / 1e6, decimals: 3) },
                .init("share", unit: "%") { field($0.share * 100, decimals: 2) },
                .init("at barriers", unit: "ms") { field($0.wait / 1e6, decimals: 3) },
                .init("call, median", unit: "µs") { field($0.median / 1e3, decimals: 1) },
                .init("moved", unit: "GB/s") {
                    field($0.bytesPerSecond.map { $0 / 1e9 }, decimals: 2)
                },
                .init("computed", unit: "GFLOP/s") {
                    field($0.operationsPerSecond.map { $0 / 1e9 }, decimals: 1)
                },
                .init("of the roof", unit: "%") {
                    field($0.roofShare.map { $0 * 100 }, decimals: 1)
                },
                .init("imbalance") { field($0.imbalance, decimals: 2) },
                .init("kernel") { .text(kernels[$0.name] ?? "") },
            ], rows: table.rows)
        let parts = [
            ("operators", table.rows.reduce(0) { $0 + $1.total }), ("barriers", table.barriers),
            ("the start of passes", table.dispatch), ("the driving thread alone", table.host),
            ("not accounted for", table.remainder),
        ]
        let shares = parts.map { "\($0) \(fixed(table.share($1) * 100, decimals: 2)) %" }
        let steps = table.stepCount == 1 ? "1 step" : "\(table.stepCount) steps"
        return PageSection(
            anchor: table.phase.rawValue, title: "Operators of \(table.phase.rawValue)",
            body: """
                <p>\(fixed(table.duration / 1e6, decimals: 3)) ms, \(steps): \
                \(shares.joined(separator: ", ")). Times are means over the threads; rates are those \
                of calls as a whole, from the first thread's start to the last thread's end.</p>
                \(rows.markup)
                """)
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
            anchor: "roofline", title: "Roofline",
            explanation: """
                Below the slope memory sets the pace, below the level part the arithmetic of the \
                cores; both were measured on the same threads right before and after. An operator \
                far below the line is slowed by its own kernel or by waiting, one above the slope \
                finds its numbers in caches.
                """,
            figures: [Figure(roofline.plot.drawing, isWide: true)], numbers: numbers)
    }

    private var flame: PageSection? {
        let graph = FlameGraph(profile.recording, kernels: kernels)
        guard !graph.phases.isEmpty else { return nil }
        return PageSection(
            anchor: "flame", title: "Flame graph",
            explanation: """
                Each box is as wide as the time of all threads that it took, and stands on what it is \
                a part of: kernels on their operators, and beside them the waiting at the barriers \
                behind.
                """,
            figures: [Figure(graph.drawing(width: Self.flameWidth), isWide: true)],
            numbers: numbers)
    }

    /// The tables of operators have the numbers of both drawings.
    private var numbers: PageSection.Numbers {
        guard let first = profile.tables.first else { return .tables("") }
        return .section(
            anchor: first.phase.rawValue, title: "Operators of \(first.phase.rawValue)")
    }
}
