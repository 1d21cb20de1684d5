internal import JSON

/// The keys of `config.json` that scale rotary positions, as transformers reads them.
///
/// `rope_parameters` is what transformers 5 calls `rope_scaling`, and has the base too.
extension ConfigurationFile {
    private static let originalPositions = "original_max_position_embeddings"

    /// In `rope_parameters`, or at the top.
    func rotaryBase() throws(QwenError) -> Double {
        let outer = try values.number("rope_theta")
        let inner = try members().flatMap { members throws(QwenError) in
            try members.number("rope_theta")
        }
        if let outer, let inner, outer != inner {
            throw file.unsupported(
                "rope_theta is \(outer) at the top and \(inner) in rope_parameters; one of them is "
                    + "wrong")
        }
        return inner ?? outer ?? 10000
    }

    /// - Throws: `QwenError.unsupportedModel` naming the key.
    func rotaryScaling() throws(QwenError) -> RotaryScaling {
        try require("partial_rotary_factor", is: 1)
        guard let members = try members() else { return RotaryScaling() }
        try members.check()
        var scaling = RotaryScaling()
        switch try members.kind() {
        case "default", "":
            try members.allow([], in: "default")
        case "linear":
            // Beside it the original positions say nothing.
            try members.allow(["factor", Self.originalPositions], in: "linear")
            scaling.kind = .linear(factor: try members.needed("factor"))
        case "dynamic":
            // Changes nothing up to the model's positions, which no sequence leaves here.
            try members.allow(["factor", Self.originalPositions], in: "dynamic")
            _ = try members.needed("factor")
        case "llama3":
            try members.allow(
                ["factor", "low_freq_factor", "high_freq_factor", Self.originalPositions],
                in: "llama3")
            guard let original = try originalPositions(members) else {
                throw file.unsupported("\(Self.originalPositions) of llama3 is missing")
            }
            scaling.kind = .llama3(
                RotaryScaling.Llama3(
                    factor: try members.needed("factor"),
                    lowFrequencyFactor: try members.needed("low_freq_factor"),
                    highFrequencyFactor: try members.needed("high_freq_factor"),
                    originalPositions: original))
        case "yarn": (scaling.kind, scaling.magnitude) = try yarn(members)
        case let other:
            throw file.unsupported(
                "\(members.part) scales positions by '\(other)', which is not implemented")
        }
        try checkFactor(scaling.kind, members)
        return scaling
    }

    private func yarn(
        _ members: FileValues
    ) throws(QwenError) -> (kind: RotaryScaling.Kind, magnitude: Double) {
        try members.allow(
            [
                "factor", Self.originalPositions, "attention_factor", "beta_fast", "beta_slow",
                "truncate", "mscale", "mscale_all_dim",
            ], in: "yarn")
        let factor = try members.needed("factor")
        var yarn = RotaryScaling.YaRN(
            factor: factor, originalPositions: try integer("max_position_embeddings"))
        if let original = try originalPositions(members) { yarn.originalPositions = original }
        if let fast = try members.number("beta_fast") { yarn.betaFast = fast }
        if let slow = try members.number("beta_slow") { yarn.betaSlow = slow }
        if let truncates = try members.boolean("truncate") { yarn.truncates = truncates }
        if let given = try members.number("attention_factor") { return (.yarn(yarn), given) }
        let scale = try members.number("mscale") ?? 0
        let scaleOfAll = try members.number("mscale_all_dim") ?? 0
        guard scale != 0, scaleOfAll != 0 else {
            return (.yarn(yarn), RotaryScaling.magnitude(factor: factor))
        }
        return (
            .yarn(yarn),
            RotaryScaling.magnitude(factor: factor, scale: scale)
                / RotaryScaling.magnitude(factor: factor, scale: scaleOfAll)
        )
    }

    private func checkFactor(_ kind: RotaryScaling.Kind, _ members: FileValues) throws(QwenError) {
        guard case .linear(let factor) = kind, factor < 1 else { return }
        throw file.unsupported("the factor \(factor) of \(members.part) is below 1")
    }

    /// At the top, which wins, or within.
    private func originalPositions(_ members: FileValues) throws(QwenError) -> Int? {
        if let top = try values.integer(Self.originalPositions) { return top }
        return try members.integer(Self.originalPositions)
    }

    /// The one object that says how positions are scaled; nil where none says anything.
    private func members() throws(QwenError) -> FileValues? {
        var found: [FileValues] = []
        for key in ["rope_parameters", "rope_scaling"] {
            guard let value = json[key] else { continue }
            guard value.members != nil else {
                throw file.unsupported("\(key) is no object")
            }
            found.append(FileValues(value, of: key, in: file))
        }
        guard found.count < 2 || found[0].saysTheSame(as: found[1]) else {
            throw file.unsupported(
                "rope_parameters and rope_scaling, two names of one key, say different things")
        }
        return found.first
    }
}

/// The members of `rope_parameters` or `rope_scaling`.
extension FileValues {
    /// `rope_type`, of which `type` is the old name.
    fileprivate func kind() throws(QwenError) -> String {
        if let kind = try text("rope_type") { return kind }
        return try text("type") ?? "default"
    }

    /// Refuses what no kind has.
    fileprivate func check() throws(QwenError) {
        if json["full_attention"] != nil || json["sliding_attention"] != nil {
            throw file.unsupported(
                "\(part) differs from one kind of layer to another, which is not implemented")
        }
        if let share = try number("partial_rotary_factor"), share != 1 {
            throw file.unsupported(
                "partial_rotary_factor of \(part) is \(share), which is not implemented")
        }
    }

    /// Refuses every member that a kind does not have.
    fileprivate func allow(_ names: [String], in kind: String) throws(QwenError) {
        let always = ["rope_type", "type", "rope_theta", "partial_rotary_factor", "finetuned"]
        let members = json.members ?? []
        guard
            let other = members.first(where: {
                !always.contains($0.name) && !names.contains($0.name) && $0.value != .null
                    && !($0.name == "factor" && $0.value.number == 1)
            })
        else { return }
        throw file.unsupported(
            "\(part) has \(other.name), which \(kind == "default" ? "needs a rope_type" : "\(kind) does not have"); "
                + "it would change every result")
    }

    fileprivate func needed(_ name: String) throws(QwenError) -> Double {
        try needed(name, number(name))
    }

    fileprivate func saysTheSame(as other: FileValues) -> Bool {
        func said(_ members: FileValues) -> [String: JSON] {
            Dictionary(
                (members.json.members ?? []).filter { $0.value != .null }.map {
                    ($0.name, $0.value)
                },
                uniquingKeysWith: { first, _ in first })
        }
        return said(self) == said(other)
    }
}
