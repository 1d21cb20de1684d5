import Profiling

extension ReportDocument {
    /// The names of the tables of a profile.
    package static let profileTables = ["operators", "roofline"]

    /// A profile.
    ///
    /// - Parameter page: With what only its caller knows.
    package init(_ profile: Profile, page: @escaping () throws -> Page) {
        self.init(
            title: "\(profile.manifest.title): profile",
            tables: [
                ReportTable(Self.profileTables[0], Column.profile, profile.lines),
                ReportTable(
                    Self.profileTables[1], Column.roofline,
                    RooflineRow.all(profile.tables, roof: profile.recording.roof)),
            ])
        markdown = { profile.text }
        json = { try profile.json() }
        self.page = page
    }
}
