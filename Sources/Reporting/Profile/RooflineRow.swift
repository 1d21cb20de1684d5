import Measurement
import Profiling

/// One line of `roofline.csv`: an operator of a phase, and where it lies under the roof.
struct RooflineRow {
    let phase: Phase
    let row: OperatorRow
    let roof: Roof?

    /// All operators of these tables.
    static func all(_ tables: [OperatorTable], roof: Roof?) -> [RooflineRow] {
        tables.flatMap { table in
            table.rows.map { RooflineRow(phase: table.phase, row: $0, roof: roof) }
        }
    }

    var point: RooflinePoint? { RooflinePoint(row, phase) }

    /// Why it has no place in the drawing, or no roof above it; nil if it has both.
    var reason: String? {
        if row.cost == nil { return "its operations and bytes are not counted" }
        if point == nil { return "it has no operations, or no bytes, or took no time" }
        return roof == nil ? "the roof was not measured" : nil
    }
}

extension Column<RooflineRow> {
    /// The columns of `roofline.csv`.
    static let roofline: [Column<RooflineRow>] = [
        Column("phase") { .text($0.phase.rawValue) },
        Column("operator") { .text($0.row.name) },
        Column("elapsed", unit: "ms") { .decimal($0.row.elapsed / 1e6) },
        Column("bytes") { Value($0.row.cost?.bytes) },
        Column("operations") { Value($0.row.cost?.operations) },
        Column("intensity", unit: "flop_per_byte") { Value($0.point?.intensity) },
        Column("rate", unit: "gb_per_s") { Value($0.row.bytesPerSecond.map { $0 / 1e9 }) },
        Column("rate", unit: "gflop_per_s") {
            Value($0.point.map { $0.operationsPerSecond / 1e9 })
        },
        Column("roof", unit: "gflop_per_s") { row in
            Value(row.roof.flatMap { roof in row.point.map { $0.ceiling(roof) / 1e9 } })
        },
        Column("roof_share") { row in
            Value(
                row.roof.flatMap { roof in
                    row.point.map { $0.operationsPerSecond / $0.ceiling(roof) }
                })
        },
        Column("limit") { row in Value(row.roof.flatMap { row.point?.limit($0).rawValue }) },
        Column("reason") { Value($0.reason) },
    ]
}

extension Profile {
    /// `roofline.csv`: every operator of both phases under the measured roof.
    package var rooflineCSV: String {
        CSV.text(Column.roofline, RooflineRow.all(tables, roof: recording.roof))
    }
}
