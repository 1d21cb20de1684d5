package import Evaluation
package import Sweep

/// What the documents' driver reads from `config.ini`: their sections, keys and defaults.
package struct DriverConfiguration: Equatable {
    package enum PerfMode: String {
        case normal
        case detail
    }

    /// `[model] model_path`: a weights file; empty for random weights of `model_name`'s shape.
    package var modelPath = ""
    /// `[model] device_ids`: how many devices share the model; each is a rank.
    package var deviceCount = 1
    /// `[model] bind_cpu`: whether threads are pinned.
    package var bindsCPU = true
    /// `[performance] model_name`: what the CSV calls the model, and the shape where there are no
    /// weights.
    package var modelName = ""
    /// `[performance] batch_size`: theirs is one number; ours may be a list.
    package var batchSizes = [1]
    /// `[performance] min_len_exp`: the smallest power of two.
    package var minimumExponent = 5
    /// `[performance] max_len_exp`: the largest power of two.
    ///
    /// The documents' README and sample files say 10, their code says 11; 10 is taken, and its 36
    /// cases are the published mean.
    package var maximumExponent = 10
    /// `[performance] case_pair`: the exact cases; the exponents are ignored when it is set.
    package var casePairs: [LengthPair]?
    /// `[performance] save_file_name`: name of the CSV instead of the automatic one.
    package var saveFileName = ""
    /// `[performance] perf_mode`: any other text than `detail` is normal, as in theirs.
    package var perfMode = PerfMode.normal
    /// `[precision] work_dir`: holds the questions, gets the answers; empty for the current one.
    package var workDirectory = ""
    /// `[precision] mode`: any other text than `ceval` and `mmlu` is C-Eval, as in theirs.
    package var exam = Exam.cEval
    /// `[precision] batch`: questions asked at once.
    package var questionBatch = 1
    /// `[precision] shot`: examples before a question.
    package var shots = 5
    /// `[precision] seq_len_out`: tokens of an answer.
    package var answerTokens = 32
    /// Things the user should know that are not errors.
    package var warnings: [String] = []

    /// The cases in the order they run: input outside, output inside, both ascending, or exactly
    /// the given pairs.
    package var cases: [LengthPair] {
        get throws(SweepError) {
            if let casePairs { return casePairs }
            return try Grid.powersOfTwo(from: minimumExponent, through: maximumExponent)
        }
    }

    /// Takes the paths as relative to this directory.
    package mutating func resolvePaths(in directory: String) {
        if workDirectory.isEmpty { workDirectory = "." }
        for path in [\DriverConfiguration.modelPath, \.workDirectory]
        where !self[keyPath: path].isEmpty && !self[keyPath: path].hasPrefix("/") {
            self[keyPath: path] = "\(directory)/\(self[keyPath: path])"
        }
    }

    /// - Throws: `DriverConfigurationError` naming section, key and value.
    package init(_ file: IniFile) throws(DriverConfigurationError) {
        for section in file.sections {
            switch section.name {
            case "model":
                for entry in section.entries { try readModel(entry) }
            case "precision":
                for entry in section.entries { try readPrecision(entry, section.name) }
            case "ceval":
                warnings.append("section [ceval] is an old name of [precision]")
                for entry in section.entries { try readPrecision(entry, section.name) }
            case "performance":
                for entry in section.entries { try readPerformance(entry) }
            default:
                warnings.append(
                    "line \(section.line): section [\(section.name)] is unknown and ignored; "
                        + "known are [model], [precision] and [performance]")
            }
        }
        guard minimumExponent <= maximumExponent else {
            throw DriverConfigurationError(
                section: "performance", key: "min_len_exp", line: nil,
                problem: "\(minimumExponent) is above max_len_exp = \(maximumExponent)")
        }
    }

    private mutating func readModel(_ entry: IniFile.Entry) throws(DriverConfigurationError) {
        switch entry.key {
        case "model_path": modelPath = entry.value
        case "device_ids":
            guard !entry.value.isEmpty else { break }
            let devices = try entry.integers("model", in: 0...1_000_000)
            guard Set(devices).count == devices.count else {
                throw DriverConfigurationError(
                    section: "model", key: entry.key, line: entry.line,
                    problem: "\(entry.value) names a device twice")
            }
            deviceCount = devices.count
            if devices != Array(0..<devices.count) {
                warnings.append(
                    "device_ids = \(entry.value): only how many they are counts, each is a process with "
                        + "a part of the model; use --threads and --cpus to choose cores")
            }
        case "parallel_backend":
            warnings.append(
                "parallel_backend = \(entry.value) has no meaning on one CPU; ignored")
        case "log_dir":
            warnings.append(
                "log_dir = \(entry.value) is ignored: there is no log of its own; --report-dir says "
                    + "where the report goes")
        case "bind_cpu":
            bindsCPU = try entry.integer("model", in: 0...1) == 1
        default:
            throw entry.unknown(
                "model", known: "model_path, device_ids, parallel_backend, log_dir, bind_cpu")
        }
    }

    private mutating func readPrecision(
        _ entry: IniFile.Entry, _ section: String
    ) throws(DriverConfigurationError) {
        switch entry.key {
        case "work_dir": workDirectory = entry.value
        case "mode":
            let exam = Exam(rawValue: entry.value.lowercased())
            if exam == nil {
                warnings.append(
                    "mode = \(entry.value) is neither ceval nor mmlu; ceval is taken, as the "
                        + "documents' driver does")
            }
            self.exam = exam ?? .cEval
        case "batch": questionBatch = try entry.integer(section, in: 1...1_000_000)
        case "shot": shots = try entry.integer(section, in: 0...1_000_000)
        case "seq_len_out": answerTokens = try entry.integer(section, in: 1...1_000_000)
        default:
            throw entry.unknown(section, known: "work_dir, mode, batch, shot, seq_len_out")
        }
    }

    private mutating func readPerformance(
        _ entry: IniFile.Entry
    ) throws(DriverConfigurationError) {
        let section = "performance"
        // Their sample has these two without a value.
        if entry.value.isEmpty, ["perf_mode", "skip_decode"].contains(entry.key) { return }
        switch entry.key {
        case "model_name": modelName = entry.value
        case "batch_size": batchSizes = try entry.integers(section, in: 1...1_000_000)
        case "max_len_exp": maximumExponent = try entry.integer(section, in: 0...20)
        case "min_len_exp": minimumExponent = try entry.integer(section, in: 0...20)
        case "case_pair":
            guard entry.value.lowercased() != "none", !entry.value.isEmpty else { break }
            casePairs = try entry.pairs(section)
        case "save_file_name": saveFileName = try entry.fileName(section)
        case "perf_mode":
            perfMode = PerfMode(rawValue: entry.value) ?? .normal
            if PerfMode(rawValue: entry.value) == nil {
                warnings.append(
                    "perf_mode = \(entry.value) is neither normal nor detail; normal is taken, "
                        + "as the documents' driver does")
            }
        case "skip_decode":
            // Tokens never become text here, which is what 1 asks for.
            if try entry.integer(section, in: 0...1) == 0 {
                warnings.append(
                    "skip_decode = 0: no token is decoded to text here, so ResponseTime(s) has no "
                        + "time for that")
            }
        default:
            throw entry.unknown(
                section,
                known: "model_name, batch_size, max_len_exp, min_len_exp, case_pair, "
                    + "save_file_name, perf_mode, skip_decode")
        }
    }
}
