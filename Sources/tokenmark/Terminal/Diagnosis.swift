internal import Machine
internal import Reporting

/// What `doctor` finds: the machine, its roof, and what to change.
struct Diagnosis {
    let machine: MachineDescription
    /// Each with the reason why it cannot be used, nil if it can.
    let instructionSets: [(name: String, refusal: String?)]
    let roof: MachineRoof

    /// The version of the layout of its JSON: a key that goes or changes its meaning raises it.
    static let currentSchema = 1

    private var advice: [String] { Advice(machine).lines }

    private var text: String {
        var lines = MachineText(machine, instructionSets: instructionSets).lines
        lines += [""] + roof.lines
        lines += ["", "for better numbers:"]
        lines += advice.isEmpty ? ["  nothing to change"] : advice.map { "  \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A key for each line of the text, and more; what cannot be read of the machine is not there.
    ///
    /// `docs/schemas/doctor.schema.json` describes it.
    private func json() throws -> String {
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
            "roof": JSONValue(encoding: roof),
            "advice": .array(advice.map(JSONValue.string)),
        ])
        .indented()
    }

    /// For the formats that have room for it: text and JSON.
    var document: ReportDocument {
        var document = ReportDocument(
            title: "Machine",
            tables: [ReportTable("advice", [Column<String>("advice") { .text($0) }], advice)])
        document.text = { text }
        document.json = { try json() }
        return document
    }
}
