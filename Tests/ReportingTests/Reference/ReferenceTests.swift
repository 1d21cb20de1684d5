import Basics
import Measurement
import Reporting
import TestSupport
import Testing

/// The documents' numbers under `reports/reference`, and whether they agree with one another.
struct ReferenceTests {
    static let names = [
        "qwen-7b-310p3", "qwen-7b-310p3-ceval", "qwen-7b-310p3-max-batch", "qwen-7b-910b3",
        "qwen-7b-910b3-ceval", "qwen-7b-mindformers-accuracy", "qwen-7b-mindspore-lite",
        "qwen1.5-7b-finetune", "qwen1.5-7b-lora", "qwen1.5-atlas-800t-a2", "qwen1.5-atlas-900-a2",
    ]

    private static func csv(_ name: String) throws -> CSVFile {
        try CSVFile(path: Repository.path("reports/reference/\(name).csv"))
    }

    private static func provenance(_ name: String) throws -> Provenance {
        try #require(
            try Provenance.of(csv: Repository.path("reports/reference/\(name).csv")))
    }

    private static func table(_ name: String) throws -> PublishedTable {
        try PublishedTable(path: Repository.path("reports/reference/\(name).csv"))
    }

    private static func numbers(_ name: String, column: Int) throws -> [Double] {
        try csv(name).lines.map { try #require(Double($0.fields[column])) }
    }

    // MARK: - What lies there

    @Test(arguments: names)
    func everyTableSaysWhatItIs(name: String) throws {
        let file = try Self.csv(name)
        let provenance = try Self.provenance(name)
        let columns = try #require(provenance.columns)
        #expect(columns.map(\.name) == file.header)
        #expect(!file.lines.isEmpty)
        for line in file.lines {
            for (column, field) in zip(columns, line.fields) where !field.isEmpty {
                switch column.type {
                case "integer": #expect(Int(field) != nil)
                case "number": #expect(Double(field) != nil)
                default: #expect(column.type == "text")
                }
            }
        }
        let document = try #require(provenance.document)
        #expect(document.origin != nil && document.section != nil)
        // What is null has a reason.
        let stated = Set(provenance.circumstances.keys)
        for circumstance in Circumstance.allCases where !stated.contains(circumstance) {
            #expect(provenance.notStated?[circumstance.rawValue] != nil, "\(circumstance)")
        }
    }

    @Test func theFolderHasTheseTablesAndItsReadmeListsThem() throws {
        let readme = try #require(Repository.text("reports/reference/README.md"))
        let listed = readme.split(separator: "\n").compactMap { line in
            line.split(separator: "`").dropFirst().first.flatMap { name in
                line.hasPrefix("| `") ? String(name.dropLast(4)) : nil
            }
        }
        #expect(listed.sorted() == Self.names)
        #expect(
            Repository.entries("reports/reference")
                == (Self.names.flatMap { ["\($0).csv", "\($0).json"] } + ["README.md"]).sorted())
    }

    @Test func theirShapesAreThoseOfTheDocuments() throws {
        func shapes(_ name: String) throws -> [String] {
            try Self.table(name).cells.map {
                #expect($0.shape.inputLength == $0.shape.outputLength)
                return "\($0.shape.batch)x\($0.shape.inputLength)"
            }
        }
        let lengths = [256, 512, 1024, 2048]
        func grid(_ batches: [Int]) -> [String] {
            batches.flatMap { batch in lengths.map { "\(batch)x\($0)" } }
        }
        #expect(try shapes("qwen-7b-910b3") == grid([1, 2, 4, 8]))
        #expect(try shapes("qwen-7b-310p3") == grid([1, 2, 4]))
        #expect(
            try shapes("qwen-7b-310p3-max-batch") == ["22x256", "14x512", "8x1024", "6x2048"])
    }

    // MARK: - Their arithmetic

    /// Batch × output length / E2E throughput, rounded to two decimals.
    private static func responseTime(_ cell: PublishedCell) throws -> Double {
        let rate = try #require(cell.values[.throughput])
        return (tokens(cell) / rate * 100).rounded() / 100
    }

    private static func tokens(_ cell: PublishedCell) -> Double {
        Double(cell.shape.batch * cell.shape.outputLength)
    }

    /// The tables were made from the rounded response time: it gives every throughput again.
    @Test(arguments: ["qwen-7b-910b3", "qwen-7b-310p3", "qwen-7b-310p3-max-batch"])
    func throughputIsTokensOverTheRoundedResponseTime(name: String) throws {
        #expect(try Self.provenance(name).arithmetic?.first?.holds == true)
        var printedShorter: [String] = []
        for cell in try Self.table(name).cells {
            let computed = Self.tokens(cell) / (try Self.responseTime(cell))
            let printed = try #require(cell.values[.throughput])
            if computed != printed {
                printedShorter.append("\(computed.description) as \(printed.description)")
            }
        }
        // 17 significant digits, printed as 16.
        #expect(
            printedShorter
                == (name.hasSuffix("max-batch")
                    ? ["42.018875666803446 as 42.01887566680345"] : []))
    }

    /// ResponseTime − first − (n − 1) · next, in ms for each output token, to two decimals.
    private static func rest(_ cell: PublishedCell) throws -> Double {
        let first = try #require(cell.values[.firstToken])
        let next = try #require(cell.values[.nextToken])
        let length = Double(cell.shape.outputLength)
        let rest = (try responseTime(cell) * 1000 - first - (length - 1) * next) / length
        return (rest * 100).rounded() / 100
    }

    @Test func latenciesLeaveTheSameRestOfTheResponseTimeButInOneRow() throws {
        func rests(_ name: String) throws -> [Double] { try Self.table(name).cells.map(Self.rest) }
        let large = try rests("qwen-7b-910b3")
        #expect([large.min(), large.max()] == [1.33, 2.31])
        let small = try rests("qwen-7b-310p3")
        #expect([small.min(), small.max()] == [1.89, 2.25])
        #expect(try rests("qwen-7b-310p3-max-batch") == [2.17, 2.18, 2.2, 4.4])
        #expect(try Self.provenance("qwen-7b-910b3").arithmetic?.map(\.holds) == [true, true])
        #expect(try Self.provenance("qwen-7b-310p3").arithmetic?.map(\.holds) == [true, true])
        #expect(
            try Self.provenance("qwen-7b-310p3-max-batch").arithmetic?.map(\.holds)
                == [true, false, false])
    }

    /// The row that does not fit, and that a comparison must not hide.
    @Test func batchSixWasFasterThanBatchFour() throws {
        let four = try #require(try Self.table("qwen-7b-310p3").cells.last)
        let six = try #require(try Self.table("qwen-7b-310p3-max-batch").cells.last)
        #expect(four.shape == Shape(batch: 4, inputLength: 2048, outputLength: 2048))
        #expect(six.shape == Shape(batch: 6, inputLength: 2048, outputLength: 2048))
        #expect(four.values[.firstToken] == 6232.23046875)
        #expect(six.values[.firstToken] == 4334.11669921875)
        #expect(four.values[.nextToken] == 145.92770385742188)
        #expect(six.values[.nextToken] == 136.3438720703125)
        let notes = try Self.table("qwen-7b-310p3-max-batch").notes
        #expect(notes.filter { $0.en.contains("its own arithmetic does not hold") }.count == 2)
    }

    /// All times went through 32 bits: a digit typed wrongly would hardly be such a number.
    @Test(arguments: ["qwen-7b-910b3", "qwen-7b-310p3", "qwen-7b-310p3-max-batch"])
    func timesAreNumbersOf32Bits(name: String) throws {
        for cell in try Self.table(name).cells {
            for metric in [PublishedMetric.firstToken, .nextToken] {
                let value = try #require(cell.values[metric])
                // Some are printed with 15 digits.
                #expect(abs(value - Double(Float(value))) / value < 2e-15)
            }
        }
    }

    /// C-Eval's validation questions: 430, 275, 257 and 384 of its four classes.
    @Test func sharesAreWholeNumbersOfQuestions() throws {
        let questions = [430, 275, 257, 384]
        func answers(_ name: String, column: Int) throws -> [Double] {
            zip(try Self.numbers(name, column: column), questions + [1346]).map {
                ($0 * Double($1)).rounded()
            }
        }
        #expect(questions.reduce(0, +) == 1346)
        for (name, npu) in [
            ("qwen-7b-910b3-ceval", [228, 192, 166, 221, 807]),
            ("qwen-7b-310p3-ceval", [229, 192, 166, 221, 808]),
        ] {
            let gpu = [228, 192, 166, 221, 807]
            #expect(try answers(name, column: 1) == npu.map(Double.init))
            #expect(try answers(name, column: 2) == gpu.map(Double.init))
            for (column, counts) in [(1, npu), (2, gpu)] {
                #expect(counts.dropLast().reduce(0, +) == counts.last)
                let shares = zip(counts, questions + [1346]).map { Double($0) / Double($1) }
                let printed = try Self.numbers(name, column: column)
                #expect(zip(shares, printed).allSatisfy { abs($0 - $1) < 1e-15 })
            }
            let differences = try Self.numbers(name, column: 3)
            let computed = zip(
                try Self.numbers(name, column: 1), try Self.numbers(name, column: 2)
            ).map(-)
            #expect(differences == computed)
        }
    }

    @Test func humanEvalIsAShareOf164Problems() throws {
        let shares = try Self.numbers("qwen-7b-mindformers-accuracy", column: 2)
        #expect(shares == [29.9, 31.7])
        #expect(shares == [49.0, 52.0].map { ($0 / 164 * 1000).rounded() / 10 })
        #expect(try Self.numbers("qwen-7b-mindformers-accuracy", column: 1) == [62.6, 63.3])
        #expect(try Self.numbers("qwen-7b-mindformers-accuracy", column: 3) == [62.2, 62.4])
    }

    @Test func speedsAreThoseOfTheDocuments() throws {
        #expect(try Self.numbers("qwen-7b-mindspore-lite", column: 1) == [37.55, 42.32])
        #expect(
            try Self.numbers("qwen1.5-atlas-800t-a2", column: 6)
                == [2684, 1417, 1452, 1491, 1179, 625, 164, 104, 245, 74])
        #expect(
            try Self.numbers("qwen1.5-atlas-900-a2", column: 6)
                == [21171, 11241, 4844, 671, 787, 183])
        #expect(
            try Self.csv("qwen1.5-7b-lora").lines.map(\.fields) == [
                [
                    "run_qwen1_5_7b_lora.yaml", "text_generation", "alpaca", "2048", "1020",
                    "tokens/s", "8",
                ]
            ])
        #expect(
            try Self.csv("qwen1.5-7b-finetune").lines.map(\.fields) == [
                [
                    "run_qwen1_5_7b_finetune.yaml", "text_generation", "alpaca", "4096", "1060",
                    "tokens/s", "16",
                ]
            ])
    }

    /// What is trained is counted for each device, what predicts is not.
    @Test func unitsFollowThePhase() throws {
        for name in ["qwen1.5-atlas-800t-a2", "qwen1.5-atlas-900-a2"] {
            for line in try Self.csv(name).lines {
                #expect((line.fields[5] == "Predict") == (line.fields[7] == "tokens/s"))
                #expect((line.fields[5] != "Predict") == (line.fields[7] == "tokens/s/p"))
            }
        }
    }
}
