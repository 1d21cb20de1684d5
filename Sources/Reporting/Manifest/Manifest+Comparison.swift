import Glibc
import Measurement
package import Sweep

extension Manifest {
    /// The sections and properties of version 1 that decide what a point comes out as.
    private static let decisive: [(section: String, properties: [String])] = [
        (
            "execution",
            ["threads", "asked_cpus", "numa_policy", "instruction_set", "kv_cache_precision"]
        ),
        // Where they lie decides nothing: the fingerprint says what they are.
        ("weights", ["origin", "seed", "packed_bytes", "fingerprint"]),
    ]

    /// How the properties are called where their own names, read as words, would not do.
    private static let names = ["fingerprint": "weights' fingerprint"]

    /// Everything that decides what a point comes out as, but its sizes, as name and value.
    var decisiveValues: [(name: String, value: String)] {
        var values = [
            ("version", toolVersion), ("build", buildConfiguration), ("engine", engine.engine),
            ("model", engine.model), ("precision", engine.precision),
        ]
        values += engineValues
        values.append(("CPU model", (sections["machine"]?["cpu_model"] ?? .null).brief))
        values.append(("prompt seed", "\(grid.seed)"))
        values.append(("method", grid.method.rawValue))
        values.append(("steps", grid.stampsSteps ? "stamped" : "not stamped"))
        // Version 1 had no others.
        if grid.prompts != .random(prefixTokens: 0) {
            values.append(("what is asked", grid.prompts.words))
        }
        return values
    }

    /// What decides the engine's results, as name and value; also of version 1.
    package var engineValues: [(name: String, value: String)] {
        fingerprint?.values.map { ($0.name, $0.value) } ?? valuesOfVersion1
    }

    /// What engines of version 1 said of themselves, in sections.
    private var valuesOfVersion1: [(String, String)] {
        Self.decisive.flatMap { section, properties in
            properties.map { property in
                (
                    Self.names[property]
                        ?? property.split(separator: "_").joined(separator: " "),
                    (sections[section]?[property] ?? .null).brief
                )
            }
        }
    }

    /// A mark of everything that decides what the point comes out as: equal marks, comparable results.
    package func key(of point: Point) -> UInt64 {
        let values = decisiveValues + [("point", point.id)]
        return Reporting.fingerprint(values.map { "\($0.0)=\($0.1)\n" }.joined())
    }

    /// This manifest as that of what was begun earlier in a directory; unchanged where nothing was.
    ///
    /// - Throws: ``ReportingError/otherConfiguration(path:differences:)`` if something else was
    ///   measured there, or the same in another way.
    package func continuing(in path: String) throws(ReportingError) -> Manifest {
        guard access("\(path)/\(ReportDirectory.manifestName)", F_OK) == 0 else { return self }
        let old = try Manifest(directory: path)
        let differences = differences(from: old)
        guard differences.isEmpty else {
            throw .otherConfiguration(path: path, differences: differences)
        }
        var continued = self
        continued.commandLine = old.commandLine
        continued.startedAt = old.startedAt
        continued.clockEpoch = old.clockEpoch
        continued.warnings += old.warnings.filter { !warnings.contains($0) }
        if let before = old.labels {
            do throws(Labels.Fault) {
                continued.labels = try (labels ?? Labels()).completed(by: before)
            } catch {
                throw .otherConfiguration(path: path, differences: [error.description])
            }
        }
        return continued
    }

    /// What would make points of this report come out otherwise than those of another one, or other
    /// points run: each names the property and both values.
    package func differences(from other: Manifest) -> [String] {
        let mine = decisiveValues + grid.axes
        let theirs = other.decisiveValues + other.grid.axes
        func value(_ name: String, in values: [(name: String, value: String)]) -> String {
            values.first { $0.name == name }?.value ?? JSONValue.null.brief
        }
        var named: Set<String> = []
        let names = (mine + theirs).map(\.name).filter { named.insert($0).inserted }
        return names.compactMap { name in
            let (now, then) = (value(name, in: mine), value(name, in: theirs))
            return now == then ? nil : "\(name) is \(now) and was \(then)"
        }
    }
}

extension Grid {
    /// What decides which runs there are, as name and value.
    fileprivate var axes: [(name: String, value: String)] {
        [
            ("batches", batches.map(String.init).joined(separator: ",")),
            ("pairs", pairs.map(\.description).joined(separator: ",")),
            ("what is asked", prompts.words),
            ("answers", takesListedAnswers ? "as long as those of the file" : "as long as asked"),
            ("settings", settings.settings.map { $0.id ?? "one" }.joined(separator: ",")),
            ("repetitions", "\(repetitions)"), ("warm-ups", "\(warmup)"),
            (
                "target",
                convergence.map { "\($0.relativeHalfWidth) in \($0.maxSeconds) s" } ?? "none"
            ),
            ("interleaved", "\(isInterleaved)"), ("fresh workers", "\(restartsEveryRound)"),
            ("control runs", "\(controlRuns)"),
        ]
    }
}

extension PromptSource {
    fileprivate var words: String {
        switch self {
        case .random(prefixTokens: 0): "random"
        case .random(let tokens): "random behind \(tokens) that are shared"
        case .listed(let listed): "\(listed.count) of a file, \(hexadecimal(listed.mark))"
        }
    }
}

extension JSONValue {
    /// As a user would write it.
    var brief: String {
        switch self {
        case .null: "not given"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): value
        case .array(let values): values.map(\.brief).joined(separator: ",")
        case .object: "an object"
        }
    }
}
