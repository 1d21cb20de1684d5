/// A sentence that is known before it is known who reads it.
package struct Wording: Hashable, Sendable {
    package let en: String
    package let zh: String

    package init(en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    /// Words of others, which stand as they are in either language: a reason that was recorded, a name.
    package init(_ words: String) {
        self.init(en: words, zh: words)
    }

    package subscript(language: Language) -> String { language(en: en, zh: zh) }
}

extension Wording: Codable {
    /// A file has the English words alone; what is read back stands as it was recorded.
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(en)
    }
}
