/// What is fuzzed: each reads one kind of file, and does with it what the commands do.
enum Reader: String, CaseIterable {
    case gguf
    case safetensors
    case configuration
    case tokenizer
    case tiktoken
    case merges
    case template
    case packed
    case ini
    case lists
    case workload
    case report
    case llamaBench = "llama-bench"
    case request

    func read(_ input: Input, in scratch: Scratch) throws {
        switch self {
        case .gguf: try readGGUF(input, in: scratch)
        case .safetensors: try readSafetensors(input, in: scratch)
        case .configuration: try readConfiguration(input, in: scratch)
        case .tokenizer: try readTokenizer(input, in: scratch)
        case .tiktoken: try readRanks(input, in: scratch)
        case .merges: try readMerges(input, in: scratch)
        case .template: try readTemplate(input)
        case .packed: try readPackedFile(input, in: scratch)
        case .ini: try readIniFile(input)
        case .lists: try readLists(input)
        case .workload: readWorkload(input)
        case .report: try readReport(input, in: scratch)
        case .llamaBench: try readLlamaBench(input, in: scratch)
        case .request: readRequest(input)
        }
    }
}
