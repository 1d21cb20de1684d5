import Measurement
package import Sweep

extension Manifest {
    /// The sections and properties that decide what a point comes out as.
    private static let decisive: [(section: String, properties: [String])] = [
        (
            "execution",
            ["threads", "asked_cpus", "numa_policy", "instruction_set", "kv_cache_precision"]
        ),
        ("weights", ["origin", "path", "seed", "packed_bytes"]),
    ]

    /// Everything that decides what a point comes out as, but its sizes, as name and value.
    var decisiveValues: [(name: String, value: String)] {
        var values = [
            ("version", toolVersion), ("build", buildConfiguration), ("engine", engine.engine),
            ("model", engine.model), ("precision", engine.precision),
        ]
        for (section, properties) in Self.decisive {
            for property in properties {
                let name = property.split(separator: "_").joined(separator: " ")
                values.append((name, (sections[section]?[property] ?? .null).brief))
            }
        }
        values.append(("prompt seed", "\(grid.seed)"))
        values.append(("method", grid.method.rawValue))
        values.append(("steps", grid.stampsSteps ? "stamped" : "not stamped"))
        return values
    }

    /// A mark of everything that decides what the point comes out as: equal marks, comparable results.
    package func key(of point: Point) -> UInt64 {
        let values = decisiveValues + [("point", point.id)]
        return fingerprint(values.map { "\($0.0)=\($0.1)\n" }.joined())
    }

    /// What would make points of this report come out otherwise than those of another one, or other
    /// points run: each names the property and both values.
    package func differences(from other: Manifest) -> [String] {
        let mine = decisiveValues + grid.axes
        let theirs = other.decisiveValues + other.grid.axes
        return zip(mine, theirs).filter { $0.value != $1.value }.map {
            "\($0.name) is \($0.value) and was \($1.value)"
        }
    }
}

extension Grid {
    /// What decides which runs there are, as name and value.
    fileprivate var axes: [(name: String, value: String)] {
        [
            ("batches", batches.map(String.init).joined(separator: ",")),
            ("pairs", pairs.map(\.description).joined(separator: ",")),
            ("settings", machine.settings.map { $0.id ?? "one" }.joined(separator: ",")),
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

extension JSONValue {
    /// A property of an object; nil if there is none.
    subscript(property: String) -> JSONValue? {
        if case .object(let properties) = self { properties[property] } else { nil }
    }

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
