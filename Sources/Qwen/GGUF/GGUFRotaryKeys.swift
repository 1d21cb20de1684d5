/// The keys and the tensor of a GGUF file that scale rotary positions, as llama.cpp reads them.
struct GGUFRotaryKeys {
    private let file: GGUFFile
    private let prefix: String

    /// Divisors of the angles; `GGUFLeftovers` refuses it in families that do not have it.
    static let divisorsName = "rope_freqs.weight"

    init(_ file: GGUFFile, prefix: String) {
        self.file = file
        self.prefix = "\(prefix).rope."
    }

    /// - Parameter positions: of the model.
    /// - Throws: `QwenError.unsupportedGGUF` naming the key.
    func scaling(
        positions: Int, _ tensors: GGUFTensors
    ) throws(QwenError) -> RotaryScaling {
        var scaling = RotaryScaling()
        let factor = try factor()
        // A missing type is linear.
        switch try file.textIfPresent(prefix + "scaling.type") ?? "linear" {
        case "none": break
        case "linear": if factor != 1 { scaling.kind = .linear(factor: factor) }
        case "yarn":
            if factor != 1 {
                let key = prefix + "scaling.original_context_length"
                scaling.kind = .yarn(
                    RotaryScaling.YaRN(
                        factor: factor,
                        originalPositions: try file.integerIfPresent(key) ?? positions))
                scaling.magnitude = RotaryScaling.magnitude(factor: factor)
            }
        case let other:
            throw file.problem(
                "\(prefix)scaling.type scales positions by '\(other)', which is not implemented")
        }
        if let further = try file.numberIfPresent(prefix + "scaling.attn_factor") {
            scaling.magnitude *= further
        }
        if tensors.has(Self.divisorsName) {
            scaling.divisors = try tensors.values(Self.divisorsName).map(Double.init)
        }
        return scaling
    }

    /// 1 where positions are not scaled.
    private func factor() throws(QwenError) -> Double {
        for key in ["scaling.factor", "scale_linear"] {
            guard let factor = try file.numberIfPresent(prefix + key) else { continue }
            guard factor >= 0, factor.isFinite else {
                throw file.problem("\(prefix)\(key) is \(factor)")
            }
            return factor == 0 ? 1 : factor
        }
        return 1
    }
}
