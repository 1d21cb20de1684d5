internal import Machine

/// A line of the counters' table for readers: a count in a unit that one can read, or all that is
/// missing for the same reason.
struct CounterLine: Equatable {
    var name: String
    var scope: String
    var value: Double?
    var unit: String
    var note: String

    /// The lines of these counts, in their order.
    static func lines(of counts: [Count]) -> [CounterLine] {
        var lines: [CounterLine] = []
        var places: [String: Int] = [:]
        for count in counts {
            let line = CounterLine(count)
            guard line.value == nil, let place = places[line.note] else {
                if line.value == nil { places[line.note] = lines.count }
                lines.append(line)
                continue
            }
            lines[place].name = adding(line.name, to: lines[place].name)
            lines[place].scope = extending(lines[place].scope, to: line.scope)
        }
        return lines
    }

    private static func adding(_ name: String, to names: String) -> String {
        names.split(separator: ", ").contains(name[...]) ? names : "\(names), \(name)"
    }

    /// From the first to the last: there may be hundreds of workers.
    private static func extending(_ scopes: String, to scope: String) -> String {
        let first = scopes.split(separator: " … ").first ?? ""
        return first == scope[...] ? scopes : "\(first) … \(scope)"
    }
}

extension CounterLine {
    private init(_ count: Count) {
        let (unit, factor) =
            switch count.unit {
            case "ns": ("ms", 1e-6)
            case "Hz": ("GHz", 1e-9)
            case let unit: (unit, 1.0)
            }
        self.init(
            name: count.name, scope: count.scope, value: count.value.map { $0 * factor },
            unit: unit, note: count.note ?? "")
    }
}
