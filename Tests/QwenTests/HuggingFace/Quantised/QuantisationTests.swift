import JSON
import TestSupport
import Testing

@testable import Qwen

/// Which descriptions of quantised directories are read.
@Suite struct QuantisationTests {
    private let directory = TemporaryDirectory()

    private func read(_ configuration: String) throws -> Quantisation? {
        let file = try ModelFile(path: directory.write(configuration, to: "config.json"))
        return try Quantisation.read(file.json(), of: file, in: directory.path)
    }

    @Test(arguments: [
        (#""quant_method": "gptq", "bits": 4, "group_size": 128"#, "gptq", 1),
        (
            #""quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": false, "#
                + #""sym": true, "damp_percent": 0.01, "checkpoint_format": "gptq", "dynamic": {}"#,
            "gptq", 1
        ),
        (
            #""quant_method": "gptq", "bits": 4, "group_size": 128, "#
                + #""checkpoint_format": "gptq_v2", "sym": false"#, "gptq", 0
        ),
        (
            #""quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemm", "#
                + #""zero_point": true, "modules_to_not_convert": null"#, "awq", 0
        ),
        (#""quant_method": "AWQ", "w_bit": 4, "q_group_size": 128, "version": "GEMM""#, "awq", 0),
    ])
    func theseAreRead(_ members: String, _ method: String, _ offset: Int) throws {
        let found = try read(#"{"quantization_config": {\#(members)}}"#)
        #expect(found?.method.rawValue == method)
        #expect(found?.zeroOffset == offset)
    }

    @Test func filesBesideAreThoseOfOlderDirectories() throws {
        #expect(try read("{}") == nil)
        directory.write(
            #"{"zero_point": true, "q_group_size": 128, "w_bit": 4, "version": "GEMM"}"#,
            to: "quant_config.json")
        #expect(try read("{}")?.method == .awq)
        directory.write(
            #"{"bits": 4, "group_size": 128, "desc_act": false, "sym": true}"#,
            to: "quantize_config.json")
        #expect(
            try read("{}")
                == Quantisation(
                    .object([
                        .init(name: "bits", value: .integer(4)),
                        .init(name: "group_size", value: .integer(128)),
                    ]), in: ModelFile(path: directory.path("config.json")), unlessNamed: .gptq))
        // What config.json says counts.
        #expect(
            try read(
                #"{"quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 128}}"#
            )?.method == .awq)
    }

    @Test(arguments: [
        (#""quant_method": "bitsandbytes", "load_in_4bit": true"#, "by bitsandbytes"),
        (#""quant_method": "fp8""#, "by fp8"),
        (#""bits": 4, "group_size": 128"#, "by a method that it does not name"),
        (#""quant_method": "gptq", "group_size": 128"#, "in an unknown number of bits"),
        (#""quant_method": "gptq", "bits": 8, "group_size": 128"#, "by gptq in 8 bits"),
        (#""quant_method": "gptq", "bits": 4, "group_size": -1"#, "in groups of -1"),
        (#""quant_method": "awq", "bits": 4, "group_size": 64"#, "in groups of 64"),
        (
            #""quant_method": "gptq", "bits": 4, "group_size": 128, "dynamic": {"-:.*down.*": {}}"#,
            "(dynamic)"
        ),
        (
            #""quant_method": "gptq", "bits": 4, "group_size": 128, "checkpoint_format": "marlin""#,
            "in the format marlin"
        ),
        (
            #""quant_method": "gptq", "bits": 4, "group_size": 128, "is_marlin_format": true"#,
            "in the format marlin"
        ),
        (#""quant_method": "awq", "bits": 4, "group_size": 128, "version": "gemv""#, "of gemv"),
        (
            #""quant_method": "awq", "bits": 4, "group_size": 128, "backend": "llm-awq""#,
            "of llm-awq"
        ),
    ])
    func othersAreRefusedByName(_ members: String, _ says: String) {
        let error = #expect(throws: QwenError.self) {
            try read(#"{"quantization_config": {\#(members)}}"#)
        }
        let text = error?.description ?? ""
        #expect(text.contains(says), "\(text)")
        #expect(text.contains("in bf16"), "\(text)")
    }

    @Test func mlxIsRefusedByName() {
        let error = #expect(throws: QwenError.self) {
            try read(#"{"quantization": {"group_size": 64, "bits": 4}}"#)
        }
        #expect(error?.description.contains("quantised by MLX") == true)
    }
}
