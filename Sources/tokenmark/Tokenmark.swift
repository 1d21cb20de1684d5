internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Reporting
internal import Sweep

/// The command line: `tokenmark <command>`.
///
/// Ends with an ``ExitStatus``. Results go to stdout, progress, warnings and errors to stderr.
struct Tokenmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenmark",
        abstract: "Measures how fast a large language model answers on this machine.",
        discussion: """
            Example: tokenmark sweep --model qwen1.5-0.5b --precision bf16 \
            --batch 1,2,4 --pairs 128x32,256x32

            \(ExitStatus.table)
            """,
        version: sourceVersion,
        subcommands: [
            QuickstartCommand.self, SweepCommand.self, MaxBatchCommand.self, RunCommand.self,
            GenerateCommand.self,
            ChatCommand.self, ServeCommand.self, TokenizeCommand.self, PerplexityCommand.self,
            ConvertCommand.self,
            ReportCommand.self, CompareCommand.self, ScalingCommand.self, HistoryCommand.self,
            ProfileCommand.self,
            ModelsCommand.self,
            DoctorCommand.self,
            WorkerCommand.self, RenderTemplateCommand.self,
        ]
    )

    /// What a newcomer types first.
    func run() throws {
        try Terminal.output(
            """
            tokenmark measures how fast a large language model answers on this machine.
              tokenmark quickstart               a first sweep and its page, in a minute; fetches nothing
              tokenmark doctor                   is this machine ready to be measured?
              tokenmark sweep --weights PATH --pairs 512x128    measures your model (GGUF or Hugging Face)
              tokenmark --help                   everything else

            """)
    }

    /// Parses and runs one command line.
    ///
    /// - Returns: the exit status.
    static func run(_ arguments: [String]) -> Int32 {
        do {
            do {
                try WrittenArguments.check()
                if let unknown = UnknownCommand(arguments) { throw unknown }
                var command = try parseAsRoot(arguments)
                try command.run()
            } catch let end where exitCode(for: end) == .success {
                // Help and version, whose mark of the build takes reading the whole program.
                let text = fullMessage(for: end)
                try Terminal.output((text == sourceVersion ? ToolVersion.current : text) + "\n")
            }
            return ExitStatus.done.code
        } catch let status as ExitStatus {
            return status.code
        } catch let lost as OutputLost {
            Terminal.error("tokenmark: \(lost)\n")
            return (Interruption.isRequested ? Interruption.exitStatus : .someCellsFailed).code
        } catch {
            return report(error, arguments)
        }
    }

    /// One clear line on stderr for an error.
    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        let command = arguments.first.map { $0.hasPrefix("-") ? "" : " \($0)" } ?? ""
        let isOurs = !(String(reflecting: type(of: error)).hasPrefix("ArgumentParser"))
        let hint = isOurs ? "" : " (see tokenmark\(command) --help)"
        Terminal.error("tokenmark: \(message(for: error))\(hint)\n")
        return ExitStatus.badInput.code
    }
}
