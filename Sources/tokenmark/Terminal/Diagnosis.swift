internal import Machine
internal import Qwen
internal import Reporting
internal import Suite

/// What `doctor` finds: the machine, its roof, and what to change.
struct Diagnosis {
    let machine: MachineDescription
    /// Each with the reason why it cannot be used, nil if it can.
    let instructionSets: [(name: String, refusal: String?)]
    /// nil where it was not asked for.
    let roof: MachineRoof?
    let ranks: RankProbe?

    /// The version of the layout of its JSON: a key that goes or changes its meaning raises it.
    static let currentSchema = 1

    private var text: String {
        let advice = Advice(machine)
        var lines = MachineText(machine, instructionSets: instructionSets).lines
        if let roof { lines += [""] + roof.lines }
        if let ranks { lines += [""] + ranks.lines }
        lines += ["", "for better numbers:"]
        lines += advice.lines.isEmpty ? ["  nothing to change"] : advice.lines.map { "  \($0)" }
        lines += [
            "",
            advice.first.first.map { "not ready; first: \($0)" }
                ?? "ready: tokenmark quickstart, or tokenmark sweep --help",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// A key for each line of the text, and more; what cannot be read of the machine is not there.
    ///
    /// `docs/schemas/doctor.schema.json` describes it.
    private func json() throws -> String {
        let advice = Advice(machine)
        let sets = instructionSets.map { set in
            JSONValue.object([
                "name": .string(set.name), "usable": .bool(set.refusal == nil),
                "reason": set.refusal.map(JSONValue.string) ?? .null,
            ])
        }
        return try JSONValue.object([
            "schema_version": .integer(Self.currentSchema),
            "tool_version": .string(ToolVersion.current),
            "machine": JSONValue(encoding: machine),
            "instruction_sets": .array(sets),
            "roof": roof.map { try JSONValue(encoding: $0) } ?? .null,
            "ranks": ranks.map { try JSONValue(encoding: $0) } ?? .null,
            "ready": .bool(advice.first.isEmpty),
            "advice": .array(advice.lines.map(JSONValue.string)),
        ])
        .indented()
    }

    /// For the formats that have room for it: text and JSON.
    var document: ReportDocument {
        var document = ReportDocument(
            title: "Machine",
            tables: [
                ReportTable(
                    "advice", [Column<String>("advice") { .text($0) }], Advice(machine).lines)
            ])
        document.text = { text }
        document.json = { try json() }
        return document
    }
}

extension RankProbe {
    /// One size a line.
    var lines: [String] {
        let places = hosts > 1 ? "on \(hosts) hosts" : "on this host"
        return ["\(ranks) ranks \(places) add up what each has:"]
            + sums.map { sum in
                let microseconds = (sum.seconds * 1e7).rounded() / 10
                return "  \(sum.byteCount >> 10) KiB: \(microseconds) us"
            }
    }
}
