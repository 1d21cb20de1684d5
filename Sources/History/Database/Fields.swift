import GRDB

/// The fields of a row that may hold anything: a value of another type is nil.
struct Fields {
    private let row: Row

    init(_ row: Row) {
        self.row = row
    }

    func text(_ column: String) -> String? {
        if case .string(let text) = value(column).storage { text } else { nil }
    }

    func integer(_ column: String) -> Int? {
        if case .int64(let number) = value(column).storage { Int(number) } else { nil }
    }

    func number(_ column: String) -> Double? {
        switch value(column).storage {
        case .int64(let value): Double(value)
        case .double(let value): value
        case .null, .string, .blob: nil
        }
    }

    private func value(_ column: String) -> DatabaseValue { row[column] ?? .null }
}
