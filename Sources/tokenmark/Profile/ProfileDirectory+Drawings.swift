internal import Charts
internal import Profiling
internal import Reporting
internal import Suite

extension ProfileDirectory {
    /// Writes what is drawn and counted beside a profile's tables: `profile.html`, `trace.json`,
    /// `roofline.csv`, `roofline.svg`, `flame.svg`, `flame.folded` and `counters.csv`.
    ///
    /// - Parameter kernels: what ran each operator, by the operator's name.
    func write(
        _ profile: Profile, kernels: [String: String], meter: PhaseMeter
    ) throws(ReportingError) {
        let graph = FlameGraph(profile.recording, kernels: kernels)
        let counters = meter.phases.flatMap { phase in
            phase.counts.map { CounterRow(phase: phase.phase, count: $0) }
        }
        try write(
            "profile.html",
            ProfilePage(profile, kernels: kernels, additions: [.counters(meter.phases)]).page.html)
        try write("roofline.csv", profile.rooflineCSV)
        if let roofline = Roofline(profile.tables, roof: profile.recording.roof) {
            try write("roofline.svg", roofline.plot.drawing.document)
        }
        try write("flame.svg", graph.drawing(width: ProfilePage.flameWidth).document)
        try write("flame.folded", graph.folded)
        try write("counters.csv", CSV.text(CounterRow.columns, counters))
        try write(Timeline(profile.recording, usage: meter.usage))
    }
}
