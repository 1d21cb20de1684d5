package import Basics
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
    package var language: Language

    package init(
        manifest: Manifest, rows: [Row], warnings: [String] = [], besides: [Beside] = [],
        additions: [PageSection] = [], in language: Language = .en
    ) {
        self.manifest = manifest
        self.rows = rows
        self.warnings = warnings
        self.besides = besides
        self.additions = additions
        self.language = language
    }

    /// The page of a report that was read back.
    package init(
        _ report: Report, besides: [Beside] = [], additions: [PageSection] = [],
        in language: Language = .en
    ) {
        self.init(
            manifest: report.manifest, rows: report.rows, warnings: report.warnings,
            besides: besides, additions: additions, in: language)
    }

    package var page: Page {
        let facets = Facet.facets(of: rows)
        let measured: [PageSection?] = [
            .summary(manifest, rows, warnings, in: language),
            .axes(
                [ChartedReport(name: "", rows: rows)], numbers: .cells(in: language), in: language),
            .latency(facets, in: language), .throughput(facets, in: language),
            .cells(rows, in: language), .requests(rows, in: language),
            .percentiles(facets, in: language), .positions(facets, in: language),
            .memory(facets, in: language), .ranks(rows, in: language),
        ]
        let comparisons = besides.enumerated().map {
            PageSection.beside($1, number: $0 + 1, in: language)
        }
        let rest: [PageSection?] = [
            .doubts(rows, in: language), .disturbances(rows, in: language),
            .machine(manifest, rows, in: language), .definitions(manifest, in: language),
        ]
        return Page(
            title: manifest.title, subtitles: manifest.subtitles(in: language),
            sections: measured.compactMap(\.self) + comparisons + additions
                + rest.compactMap(\.self), in: language)
    }
}

extension Manifest {
    /// The machine, and when and by what it was measured.
    package func subtitles(in language: Language) -> [String] {
        let machine = sections["machine"]
        // What the grid varies is not what the whole report was measured with.
        func unvaried(_ parameter: Parameter, _ property: String) -> String? {
            grid.settings[parameter].count > 1 ? nil : sections["execution"]?[property]?.brief
        }
        let names = [
            machine?["cpu_model"]?.brief,
            unvaried(.threads, "threads").map {
                language(en: $0 == "1" ? "1 thread" : "\($0) threads", zh: "\($0) 个线程")
            },
            unvaried(.isa, "instruction_set"),
        ].compactMap(\.self)
        return [
            names.joined(separator: " · "),
            (["\(startedAt)"] + (engine.engine == "tokenmark" ? [] : [engine.engine])
                + [
                    language(
                        en: "Tokenmark \(toolVersion), \(buildConfiguration) build",
                        zh: "Tokenmark \(toolVersion)，\(buildConfiguration) 构建")
                ]).joined(separator: " · "),
        ].filter { !$0.isEmpty }
    }
}
