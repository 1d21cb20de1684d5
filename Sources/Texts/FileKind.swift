/// What a file that is not what it should be is, by its first bytes.
package enum FileKind {
    /// A text to go behind "it is"; nil where the bytes say nothing.
    package static func name(_ bytes: UnsafeRawBufferPointer) -> String? {
        if let known = beginnings.first(where: { bytes.starts(with: $0.bytes) }) {
            return known.name
        }
        if let name = textName(bytes) { return name }
        // Eight bytes of length and the JSON that is so long.
        if bytes.count > 8, bytes[8] == UInt8(ascii: "{"),
            bytes.loadUnaligned(as: UInt64.self).littleEndian < UInt64(bytes.count)
        {
            return "a safetensors file: name the directory it lies in"
        }
        return nil
    }

    /// The same where any text would do: one that begins with the letters of a format is a text.
    package static func name(whereTextBelongs bytes: UnsafeRawBufferPointer) -> String? {
        if let name = textName(bytes) { return name }
        let hasControls = bytes.prefix(8).contains { $0 < 0x09 || 0x0E..<0x20 ~= $0 }
        let isText = String(validating: bytes.prefix(4), as: UTF8.self) != nil
        return hasControls || !isText ? name(bytes) : nil
    }

    /// What texts are that stand in place of another file.
    private static func textName(_ bytes: UnsafeRawBufferPointer) -> String? {
        if bytes.starts(with: "version https://git-lfs".utf8) {
            return
                "a pointer of Git LFS, not the file itself: fetch it with git lfs pull, or download it"
        }
        let start = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased()
        let text = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        return text.hasPrefix("<!doctype html") || text.hasPrefix("<html")
            ? "an HTML page, not the file itself: download it by its own link" : nil
    }

    private static let beginnings: [(bytes: [UInt8], name: String)] = [
        (
            Array("PK\u{3}\u{4}".utf8),
            "a zip archive, as PyTorch's pickles and Excel's tables are"
        ),
        ([0x1f, 0x8b], "compressed by gzip: decompress it"),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed by zstd: decompress it"),
        ([0xff, 0xfe], "a text in UTF-16: save it as UTF-8"),
        ([0xfe, 0xff], "a text in UTF-16: save it as UTF-8"),
        (Array("tjgg".utf8), "of GGML's old format GGJT: convert the model to GGUF"),
        (Array("fmgg".utf8), "of GGML's old format GGMF: convert the model to GGUF"),
        (Array("lmgg".utf8), "of GGML's old format: convert the model to GGUF"),
        (Array("GGUF".utf8), "a GGUF file"),
        (Array("PAR1".utf8), "a Parquet file"),
    ]
}
