import Foundation
import Machine
import Suite

// One of several processes that run a model together. `tokenmark` has MPI's launcher start them, with its
// settings as JSON in the argument; rank 0 speaks the worker's protocol. docs/ranks.md says how.

ParentProcess.dieWithIt()
let word = CommandLine.arguments.dropFirst().first
if word == "--version" {
    print(sourceVersion)
    exit(0)
}
guard let argument = word,
    let settings = try? JSONDecoder().decode(CoreSettings.self, from: Data(argument.utf8))
else {
    FileHandle.standardError.write(
        Data("tokenmark-rank is started by tokenmark sweep --ranks 2 and the like\n".utf8))
    exit(2)
}
exit(runRank(settings))
