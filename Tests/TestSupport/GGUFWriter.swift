/// Writes small GGUF files for tests, right or wrong.
package struct GGUFWriter {
    package init() {}

    package struct Tensor {
        package var name: String
        package var dimensions: [UInt64]
        package var type: UInt32
        package var data: [UInt8]
        /// In place of the offset that would be right.
        package var offset: UInt64?

        package init(name: String, dimensions: [UInt64], type: UInt32, data: [UInt8]) {
            self.name = name
            self.dimensions = dimensions
            self.type = type
            self.data = data
        }
    }

    package enum Value {
        case uint32(UInt32)
        case float32(Float)
        case text(String)
        case boolean(UInt8)
        case texts([String])
        case int32s([Int32])
        /// Type code and bytes as they are.
        case raw(UInt32, [UInt8])
    }

    package var magic: UInt32 = 0x4655_4747
    package var version: UInt32 = 3
    package var keys: [(String, Value)] = []
    package var tensors: [Tensor] = []
    package var tensorCount: UInt64?
    package var keyCount: UInt64?
    package var alignment = 32

    package func bytes() -> [UInt8] {
        var out: [UInt8] = []
        append(magic, to: &out)
        append(version, to: &out)
        append(tensorCount ?? UInt64(tensors.count), to: &out)
        append(keyCount ?? UInt64(keys.count), to: &out)
        for (key, value) in keys {
            append(key, to: &out)
            append(value, to: &out)
        }
        var data: [UInt8] = []
        for tensor in tensors {
            append(tensor.name, to: &out)
            append(UInt32(tensor.dimensions.count), to: &out)
            for dimension in tensor.dimensions { append(dimension, to: &out) }
            append(tensor.type, to: &out)
            append(tensor.offset ?? UInt64(data.count), to: &out)
            data += tensor.data
            while data.count % alignment != 0 { data.append(0) }
        }
        while out.count % alignment != 0 { out.append(0) }
        return out + data
    }

    private func append(_ value: some FixedWidthInteger, to out: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { out += $0 }
    }

    private func append(_ text: String, to out: inout [UInt8]) {
        append(UInt64(text.utf8.count), to: &out)
        out += text.utf8
    }

    private func append(_ value: Value, to out: inout [UInt8]) {
        switch value {
        case .uint32(let number):
            append(UInt32(4), to: &out)
            append(number, to: &out)
        case .float32(let number):
            append(UInt32(6), to: &out)
            append(number.bitPattern, to: &out)
        case .boolean(let byte):
            append(UInt32(7), to: &out)
            out.append(byte)
        case .text(let text):
            append(UInt32(8), to: &out)
            append(text, to: &out)
        case .texts(let texts):
            append(UInt32(9), to: &out)
            append(UInt32(8), to: &out)
            append(UInt64(texts.count), to: &out)
            for text in texts { append(text, to: &out) }
        case .int32s(let numbers):
            append(UInt32(9), to: &out)
            append(UInt32(5), to: &out)
            append(UInt64(numbers.count), to: &out)
            for number in numbers { append(number, to: &out) }
        case .raw(let code, let bytes):
            append(code, to: &out)
            out += bytes
        }
    }
}

extension GGUFWriter {
    /// A complete one-layer model with a tokenizer of bytes, a few kilobytes long.
    package static func tinyModel(architecture: String = "qwen2") -> GGUFWriter {
        let (hidden, heads, kvHeads, feed) = (8, 2, 1, 12)
        let texts = byteTexts + ["he", "<|end|>"]
        var writer = GGUFWriter()
        writer.keys = [
            ("general.architecture", .text(architecture)),
            ("general.name", .text("Tiny Test")),
            ("\(architecture).block_count", .uint32(1)),
            ("\(architecture).context_length", .uint32(64)),
            ("\(architecture).embedding_length", .uint32(UInt32(hidden))),
            ("\(architecture).feed_forward_length", .uint32(UInt32(feed))),
            ("\(architecture).attention.head_count", .uint32(UInt32(heads))),
            ("\(architecture).attention.head_count_kv", .uint32(UInt32(kvHeads))),
            ("\(architecture).attention.layer_norm_rms_epsilon", .float32(1e-6)),
            ("\(architecture).rope.freq_base", .float32(10000)),
            ("tokenizer.ggml.model", .text("gpt2")),
            ("tokenizer.ggml.pre", .text("qwen2")),
            ("tokenizer.ggml.tokens", .texts(texts)),
            (
                "tokenizer.ggml.token_type",
                .int32s([Int32](repeating: 1, count: texts.count - 1) + [3])
            ),
            ("tokenizer.ggml.merges", .texts(["h e"])),
            ("tokenizer.ggml.eos_token_id", .uint32(UInt32(texts.count - 1))),
            ("tokenizer.ggml.add_bos_token", .boolean(0)),
        ]
        writer.add("token_embd.weight", hidden, texts.count)
        writer.add("output_norm.weight", hidden)
        let prefix = "blk.0."
        writer.add(prefix + "attn_norm.weight", hidden)
        writer.add(prefix + "attn_q.weight", hidden, hidden)
        writer.add(prefix + "attn_k.weight", hidden, hidden / heads)
        writer.add(prefix + "attn_v.weight", hidden, hidden / heads)
        writer.add(prefix + "attn_output.weight", hidden, hidden)
        writer.add(prefix + "ffn_norm.weight", hidden)
        writer.add(prefix + "ffn_gate.weight", hidden, feed)
        writer.add(prefix + "ffn_up.weight", hidden, feed)
        writer.add(prefix + "ffn_down.weight", feed, hidden)
        if architecture == "qwen3" {
            writer.add(prefix + "attn_q_norm.weight", hidden / heads)
            writer.add(prefix + "attn_k_norm.weight", hidden / heads)
        }
        if architecture == "qwen2" {
            writer.add(prefix + "attn_q.bias", hidden)
            writer.add(prefix + "attn_k.bias", hidden / heads)
            writer.add(prefix + "attn_v.bias", hidden / heads)
        }
        return writer
    }

    /// A complete one-layer model that writes ChatML, with room for 512 positions.
    package static func tinyChatModel() -> GGUFWriter {
        var writer = tinyModel()
        let texts = byteTexts + ["<|im_start|>", "<|im_end|>"]
        writer.set("qwen2.context_length", .uint32(512))
        writer.set("tokenizer.ggml.tokens", .texts(texts))
        writer.set(
            "tokenizer.ggml.token_type",
            .int32s([Int32](repeating: 1, count: texts.count - 2) + [3, 3]))
        writer.set("tokenizer.ggml.merges", .texts([]))
        writer.set("tokenizer.chat_template", .text(chatTemplate))
        return writer
    }

    /// ChatML, with a system text of its own where the conversation has none.
    package static let chatTemplate = """
        {%- if messages[0].role != 'system' -%}
            {{ '<|im_start|>system\\nYou are a helpful assistant.<|im_end|>\\n' }}
        {%- endif -%}
        {%- for message in messages if message.content or message.role != 'system' -%}
            {{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ '<|im_end|>\\n' }}
        {%- endfor -%}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif -%}
        """

    /// Tokens for all bytes, in the byte alphabet's order.
    package static let byteTexts: [String] = {
        var next: UInt32 = 0x100
        return (0...255).map { (byte: UInt32) in
            if 0x21...0x7e ~= byte || 0xa1...0xac ~= byte || 0xae...0xff ~= byte {
                return String(Unicode.Scalar(UInt8(byte)))
            }
            defer { next += 1 }
            return Unicode.Scalar(next).map { String(Character($0)) } ?? ""
        }
    }()

    /// Adds an f32 tensor; number i of it is i / 16.
    package mutating func add(_ name: String, _ dimensions: Int...) {
        let count = dimensions.reduce(1, *)
        let data = (0..<count).flatMap { index in
            withUnsafeBytes(of: (Float(index) / 16).bitPattern.littleEndian) { Array($0) }
        }
        tensors.append(
            Tensor(name: name, dimensions: dimensions.map(UInt64.init), type: 0, data: data))
    }

    /// Replaces the value of a key, or removes it.
    package mutating func set(_ key: String, _ value: Value?) {
        keys.removeAll { $0.0 == key }
        if let value { keys.append((key, value)) }
    }
}
