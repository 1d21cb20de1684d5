import Charts
import Sweep

/// The page of a sweep.
package struct SweepPage {
    package var manifest: Manifest
    package var rows: [Row]
    /// What was wrong with the files of the report but could be borne.
    package var warnings: [String]
    /// Other tables to show beside this one.
    package var besides: [Beside]
    /// What other parts of the program have to show, before the machine.
    package var additions: [PageSection]

    package init(
        manifest: Manifest, rows: [Row], warnings: [String] = [], besides: [Beside] = [],
        additions: [PageSection] = []
    ) {
        self.manifest = manifest
        self.rows = rows
        self.warnings = warnings
        self.besides = besides
        self.additions = additions
    }

    /// The page of a report that was read back.
    package init(_ report: Report, besides: [Beside] = [], additions: [PageSection] = []) {
        self.init(
            manifest: report.manifest, rows: report.rows, warnings: report.warnings,
            besides: besides, additions: additions)
    }

    package var page: Page {
        let facets = Facet.facets(of: rows)
        let measured: [PageSection?] = [
            .summary(manifest, rows, warnings),
            .axes([ChartedReport(name: "", rows: rows)], numbers: .cells), .latency(facets),
            .throughput(facets), .cells(rows), .requests(rows), .percentiles(facets),
            .positions(facets),
            .memory(facets), .ranks(rows),
        ]
        let comparisons = besides.enumerated().map { PageSection.beside($1, number: $0 + 1) }
        let rest: [PageSection?] = [
            .doubts(rows), .disturbances(rows), .machine(manifest, rows), .definitions(manifest),
        ]
        return Page(
            title: manifest.title, subtitles: manifest.subtitles,
            sections: measured.compactMap(\.self) + comparisons + additions
                + rest.compactMap(\.self))
    }
}

extension Manifest {
    /// The machine, and when and by what it was measured.
    package var subtitles: [String] {
        let machine = sections["machine"]
        // What the grid varies is not what the whole report was measured with.
        func unvaried(_ parameter: Parameter, _ property: String) -> String? {
            grid.settings[parameter].count > 1 ? nil : sections["execution"]?[property]?.brief
        }
        let names = [
            machine?["cpu_model"]?.brief,
            unvaried(.threads, "threads").map { $0 == "1" ? "1 thread" : "\($0) threads" },
            unvaried(.isa, "instruction_set"),
        ].compactMap(\.self)
        return [
            names.joined(separator: " · "),
            (["\(startedAt)"] + (engine.engine == "tokenmark" ? [] : [engine.engine])
                + ["Tokenmark \(toolVersion), \(buildConfiguration) build"]).joined(
                    separator: " · "),
        ].filter { !$0.isEmpty }
    }
}
