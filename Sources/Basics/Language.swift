/// The language of tables, pages and what a terminal shows.
///
/// Both texts stand side by side where they are used: `language(en: "verdict", zh: "判定")`.
package enum Language: String, CaseIterable, Sendable {
    /// As the documents have their tables.
    case zh
    case en

    /// The one of two wordings.
    package func callAsFunction(en: String, zh: String) -> String { self == .zh ? zh : en }

    /// What stands between the parts of a clause.
    package var comma: String { self(en: ", ", zh: "，") }
    /// What stands between clauses.
    package var semicolon: String { self(en: "; ", zh: "；") }
    /// What stands before what is named.
    package var colon: String { self(en: ": ", zh: "：") }
}
