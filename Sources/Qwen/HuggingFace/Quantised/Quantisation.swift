internal import JSON

/// How the matrices of a Hugging Face directory are quantised, where they are in a way that is read:
/// by GPTQ or AWQ, in 4 bits and groups of 128.
struct Quantisation: Equatable, Sendable {
    enum Method: String, Sendable {
        case gptq
        case awq
    }

    let method: Method
    /// What is added to a zero point as the file has it: the first format of GPTQ stores one less.
    let zeroOffset: Int
    /// Whether inputs may come in another order than group by group (`desc_act`): `g_idx` tells.
    let ordersInputs: Bool

    /// Inputs that have a scale and a zero point in common.
    static let groupSize = 128
    private static let bits = 4

    /// What to do about one that is not read.
    static let remedy =
        "take the model's directory in bf16 or f16, and choose --precision int8 or int4 here"

    init(_ method: Method, zeroOffset: Int, ordersInputs: Bool = false) {
        self.method = method
        self.zeroOffset = zeroOffset
        self.ordersInputs = ordersInputs
    }

    /// The quantisation of a model; nil of one that has none.
    ///
    /// - Parameters:
    ///   - configuration: `config.json`, whose `quantization_config` tells it.
    ///   - directory: with the older `quantize_config.json` of GPTQ or `quant_config.json` of AWQ.
    /// - Throws: `QwenError.unsupportedModel` naming what is not read; `MachineError`,
    ///   `QwenError.invalidModelFile` for a file that cannot be read.
    static func read(
        _ configuration: JSON, of file: ModelFile, in directory: String
    ) throws -> Quantisation? {
        if let description = configuration["quantization_config"] {
            return try Quantisation(description, in: file)
        }
        if configuration["quantization"] != nil {
            throw file.unsupported("its weights are quantised by MLX; \(remedy)")
        }
        for (name, method) in [("quantize_config.json", Method.gptq), ("quant_config.json", .awq)] {
            guard let file = try ModelFile(name, in: .directory(directory)) else { continue }
            return try Quantisation(file.json(), in: file, unlessNamed: method)
        }
        return nil
    }

    /// Reads a description as transformers, AutoGPTQ, GPTQModel and AutoAWQ write it.
    ///
    /// - Parameter method: whose description it is if it does not say so.
    /// - Throws: `QwenError.unsupportedModel` naming what is not read.
    init(
        _ description: JSON, in file: ModelFile, unlessNamed method: Method? = nil
    ) throws(QwenError) {
        let name = description["quant_method"]?.string ?? method?.rawValue
        guard let name, let method = Method(rawValue: name.lowercased()) else {
            throw Self.refusal("by \(name ?? "a method that it does not name")", file)
        }
        let by = "by \(method.rawValue)"
        let bits = description["bits"] ?? description["w_bit"]
        guard bits?.integer == Self.bits else {
            throw Self.refusal("\(by) in \(Self.text(bits)) bits, of which 4 are read", file)
        }
        let size = description["group_size"] ?? description["q_group_size"]
        guard size?.integer == Self.groupSize else {
            throw Self.refusal(
                "\(by) in groups of \(Self.text(size)), of which those of 128 are read", file)
        }
        self.method = method
        ordersInputs = description["desc_act"]?.boolean == true
        switch method {
        case .gptq:
            zeroOffset = try Self.zeroOffset(description, file)
            if let dynamic = description["dynamic"]?.members, !dynamic.isEmpty {
                throw Self.refusal("\(by) with rules of its own for some matrices (dynamic)", file)
            }
        case .awq:
            zeroOffset = 0
            let version = description["version"]?.string ?? "gemm"
            guard version.lowercased() == "gemm", description["backend"]?.string != "llm-awq" else {
                throw Self.refusal(
                    "\(by) in the order of \(version == "gemm" ? "llm-awq" : version), of which gemm "
                        + "is read", file)
            }
        }
    }

    private static func zeroOffset(
        _ description: JSON, _ file: ModelFile
    ) throws(QwenError) -> Int {
        let format = description["checkpoint_format"] ?? description["format"] ?? .string("gptq")
        let isMarlin = description["is_marlin_format"]?.boolean == true
        switch isMarlin ? "marlin" : format.string {
        case "gptq": return 1
        case "gptq_v2": return 0
        case let other:
            throw refusal(
                "by gptq in the format \(other ?? text(format)), of which gptq and gptq_v2 are read",
                file)
        }
    }

    private static func refusal(_ how: String, _ file: ModelFile) -> QwenError {
        file.unsupported("its weights are quantised \(how); \(remedy)")
    }

    private static func text(_ value: JSON?) -> String {
        guard let value else { return "an unknown number of" }
        return String(decoding: JSONWriter.bytes(value, isIndented: false), as: UTF8.self)
    }
}
