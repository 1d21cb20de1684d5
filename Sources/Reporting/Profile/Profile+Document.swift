package import Basics
import Profiling

extension ReportDocument {
    /// The names of the tables of a profile.
    package static let profileTables = ["operators", "roofline"]

    /// A profile.
    ///
    /// - Parameters:
    ///   - language: nil for English.
    ///   - page: With what only its caller knows.
    package init(
        _ profile: Profile, in language: Language? = nil, page: @escaping () throws -> Page
    ) {
        let language = language ?? .en
        self.init(
            title: profile.manifest.title + language.colon + language(en: "profile", zh: "剖析"),
            tables: [
                ReportTable(Self.profileTables[0], Column.profile, profile.lines),
                ReportTable(
                    Self.profileTables[1], Column.roofline,
                    RooflineRow.all(profile.tables, roof: profile.recording.roof)),
            ], in: language)
        markdown = { profile.text(in: language) }
        json = { try profile.json() }
        self.page = page
    }
}
