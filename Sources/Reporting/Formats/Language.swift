/// The language of tables, pages and what a terminal shows.
package enum Language: String, CaseIterable, Sendable {
    /// As the documents have their tables.
    case zh
    case en

    /// The one of two wordings.
    func callAsFunction(en: String, zh: String) -> String { self == .zh ? zh : en }
}

/// A sentence that is known before it is known who reads it.
struct Wording: Equatable, Sendable {
    let en: String
    let zh: String

    subscript(language: Language) -> String { language(en: en, zh: zh) }
}
