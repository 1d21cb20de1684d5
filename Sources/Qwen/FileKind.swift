/// What a file that is not what it should be is, by its first bytes.
enum FileKind {
    /// A text to go behind "it is"; nil where the bytes say nothing.
    static func name(_ bytes: UnsafeRawBufferPointer) -> String? {
        if let known = beginnings.first(where: { bytes.starts(with: $0.bytes) }) {
            return known.name
        }
        let start = String(decoding: bytes.prefix(64), as: UTF8.self).lowercased()
        let text = start.drop { $0.isWhitespace }
        if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
            return "an HTML page, not the file itself: download it by its own link"
        }
        // Eight bytes of length and the JSON that is so long.
        if bytes.count > 8, bytes[8] == UInt8(ascii: "{"),
            bytes.loadUnaligned(as: UInt64.self).littleEndian < UInt64(bytes.count)
        {
            return "a safetensors file: name the directory it lies in"
        }
        return nil
    }

    private static let beginnings: [(bytes: [UInt8], name: String)] = [
        (
            Array("version https://git-lfs".utf8),
            "a pointer of Git LFS, not the file itself: fetch it with git lfs pull, or download it"
        ),
        (Array("PK\u{3}\u{4}".utf8), "a zip archive, as PyTorch's pickles are"),
        ([0x1f, 0x8b], "compressed by gzip: decompress it"),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed by zstd: decompress it"),
        ([0xff, 0xfe], "a text in UTF-16: save it as UTF-8"),
        ([0xfe, 0xff], "a text in UTF-16: save it as UTF-8"),
        (Array("tjgg".utf8), "of GGML's old format GGJT: convert the model to GGUF"),
        (Array("fmgg".utf8), "of GGML's old format GGMF: convert the model to GGUF"),
        (Array("lmgg".utf8), "of GGML's old format: convert the model to GGUF"),
        (Array("GGUF".utf8), "a GGUF file"),
    ]
}
