package import Basics
import FoundationEssentials
package import Reporting
import Sweep

/// One metric of one point over the runs that measured the same thing on the same machine.
package struct Series: Equatable, Sendable {
    /// What is not compared with something else in a series.
    package struct Subject: Hashable, Sendable {
        package let model: String
        package let precision: String
        /// The comparability key; nil if the reports did not say.
        package let machine: String?
        /// What decides the engine's results: all of it, and then what tells it from another series.
        var engine: [Fact]

        /// What tells it from other series of the same model, precision, machine and point.
        var engineWords: [String] { engine.map { "\(visible($0.name)) \(visible($0.value))" } }

        /// As a heading has it.
        package func title(in language: Language) -> String {
            let key =
                machine.map { visible(String($0.prefix(8))) } ?? language(en: "unknown", zh: "未知")
            return
                ([
                    visible(model), visible(precision),
                    language(en: "machine", zh: "机器") + " \(key)",
                ]
                + engineWords).joined(separator: language.comma)
        }

        /// Above what is shown of a metric.
        func heading(_ metric: String, in language: Language) -> String {
            let title = title(in: language)
            return language(en: "\(metric) of \(title)", zh: "\(metric)：\(title)")
        }
    }

    /// One of the values that decide an engine's results.
    struct Fact: Hashable, Sendable {
        let name: String
        let value: String
    }

    /// What one run says.
    package struct Value: Equatable, Sendable {
        /// The id of the run.
        package let run: String
        package let startedAt: Timestamp
        package let value: Double
    }

    package internal(set) var subject: Subject
    /// The name of the point.
    package let point: String
    /// Oldest first; at least one.
    package var values: [Value]
}

extension Series.Fact {
    /// Of another layout of the weights, which no result depends on.
    private static let ofLayout: Set = ["packed bytes"]
    /// What a setting decides: where a grid varies it, the id of a point says it.
    private static let decided: [Parameter: Set<String>] = [
        .ranks: ["ranks", "threads", "asked cpus"],
        .threads: ["threads", "asked cpus"], .cpus: ["threads", "asked cpus"],
        .numa: ["numa policy"], .isa: ["instruction set"], .kvCache: ["kv cache precision"],
    ]

    /// Those of a manifest; none where it says nothing.
    static func all(ofManifest text: String?) -> [Series.Fact] {
        guard let text,
            let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
        else { return [] }
        let varied = Parameter.settings.filter { !manifest.grid.settings[$0].isEmpty }
            .compactMap { decided[$0] }.reduce(ofLayout) { $0.union($1) }
        return manifest.engineValues.filter { !varied.contains($0.name) }.map {
            Series.Fact(name: $0.name, value: $0.value)
        }
    }
}

extension [Series] {
    /// These, each with those of its facts that another series of the same subject and point has
    /// otherwise.
    var tellingApart: [Series] {
        let groups = Dictionary(grouping: self) {
            [$0.subject.model, $0.subject.precision, $0.subject.machine ?? "", $0.point]
        }
        return map { series in
            var told = series
            let subject = series.subject
            let key = [subject.model, subject.precision, subject.machine ?? "", series.point]
            told.subject.engine = subject.engine.filter { fact in
                (groups[key] ?? []).contains { !$0.subject.engine.contains(fact) }
            }
            return told
        }
    }
}
