/// The language of the titles above the documents' tables.
package enum Language: String, CaseIterable, Sendable {
    /// As the documents have them.
    case zh
    case en
}
