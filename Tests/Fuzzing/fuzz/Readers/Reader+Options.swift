import Documents

@testable import Sweep

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

    /// What describes a workload: its options, and the files of lengths, of arrivals and of prompts.
    func readWorkload(_ input: Input) {
        let text = input.text
        // One that begins so names a file.
        if !text.contains("@") {
            Trial.attempt {
                let lengths = try LengthDistribution(parsing: text, of: .input)
                _ = (lengths.mean, lengths.length(at: 0), lengths.length(at: 0.999))
            }
            Trial.attempt {
                _ = try Arrivals(parsing: text).offsets(count: 100, seed: 1)
            }
        }
        Trial.attempt { _ = try LengthHistogram(text, path: "lengths").length(at: 0.5) }
        Trial.attempt { _ = try ArrivalTrace(text, path: "trace") }
        Trial.attempt {
            let file = try PromptFile(Array(input.bytes), path: "prompts")
            _ = try file.prompts(takingAnswers: true) { $0.utf8.map { Int($0) } }
        }
    }
}
