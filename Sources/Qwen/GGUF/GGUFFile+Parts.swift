extension GGUFFile {
    /// Refuses another part of a split model than the first, which has the metadata.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` naming the first.
    package func checkIsFirstPart(_ path: String) throws(QwenError) {
        guard let count = try integerIfPresent("split.count"), 2...99_999 ~= count,
            let number = try integerIfPresent("split.no"), 1..<count ~= number
        else { return }
        let suffix = Self.suffix(number, count)
        let first = Self.suffix(0, count)
        throw problem(
            "it is part \(number + 1) of \(count) of a split model; give the first, "
                + (path.hasSuffix(suffix)
                    ? "\(path.dropLast(suffix.count))\(first)" : "whose name ends in \(first)"))
    }

    /// What the name of a part ends in, as llama.cpp finds it.
    static func suffix(_ number: Int, _ count: Int) -> String {
        "-\((number + 1).partNumber)-of-\(count.partNumber).gguf"
    }
}
