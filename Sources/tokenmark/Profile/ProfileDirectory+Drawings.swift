internal import Charts
internal import Profiling
internal import Reporting
internal import Suite

extension ProfileDirectory {
    /// Writes what is drawn and counted beside a profile's tables: `profile.html`, `trace.json`,
    /// `roofline.csv`, `roofline.svg`, `flame.svg`, `flame.folded` and `counters.csv`.
    ///
    /// - Parameter page: The page, whose language is that of the drawings too.
    func write(_ page: ProfilePage, meter: PhaseMeter) throws(ReportingError) {
        let profile = page.profile
        let graph = FlameGraph(profile.recording, kernels: page.kernels)
        let counters = meter.phases.flatMap { phase in
            phase.counts.map { CounterRow(phase: phase.phase, count: $0) }
        }
        try write("profile.html", page.page.html)
        try write("roofline.csv", profile.rooflineCSV)
        if let roofline = Roofline(profile.tables, roof: profile.recording.roof) {
            try write("roofline.svg", roofline.plot(in: page.language).drawing.document)
        }
        let flame = graph.drawing(width: ProfilePage.flameWidth, in: page.language)
        try write("flame.svg", flame.document)
        try write("flame.folded", graph.folded)
        try write("counters.csv", CSV.text(CounterRow.columns, counters))
        try write(Timeline(profile.recording, usage: meter.usage))
    }
}
