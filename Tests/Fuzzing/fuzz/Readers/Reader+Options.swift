import Documents
import Sweep

extension Reader {
    /// The driver's `config.ini`.
    func readIniFile(_ input: Input) throws {
        let configuration = try DriverConfiguration(IniFile(parsing: input.text))
        _ = try configuration.cases
    }

    /// A list as an option takes it, read as each kind of list.
    func readLists(_ input: Input) throws {
        let text = input.text
        for axis in Axis.allCases {
            Trial.attempt { _ = try ListText.number(text, axis: axis) }
            Trial.attempt { _ = try ListText.numbers(text, axis: axis) }
        }
        let pairs = try ListText.pairs(text)
        _ = try Grid(batches: pairs.map(\.input), pairs: pairs).expand()
    }
}
