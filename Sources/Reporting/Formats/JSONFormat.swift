extension ReportFormat {
    /// One value, its keys sorted; what is missing is null.
    package static let json = ReportFormat("json") { document, table in
        if let json = document.json { return try json() }
        return try JSONValue.array(table.rows.map { table.object($0) }).indented()
    }
}

extension JSONValue {
    /// As the format prints it.
    package func indented() throws(ReportingError) -> String {
        try jsonText(self, pretty: true) + "\n"
    }
}
