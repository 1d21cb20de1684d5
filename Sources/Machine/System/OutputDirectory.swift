import Glibc

/// A directory that is written file by file, and has its name only once it is whole.
package final class OutputDirectory {
    private let path: String
    private let temporaryPath: String
    /// The files made so far.
    private var names: [String] = []
    private var isFinished = false

    /// Makes the directory under a temporary name.
    ///
    /// - Throws: `MachineError.outputUnfinished` where that name is taken: whoever took it may be
    ///   writing still. `MachineError.fileNotWritten` with the system's reason.
    package init(path: String) throws(MachineError) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        temporaryPath = path + ".unfinished"
        guard mkdir(temporaryPath, 0o755) == 0 else {
            let error = ErrorNumber.last
            throw error.code == EEXIST
                ? .outputUnfinished(path: temporaryPath) : .fileNotWritten(path: path, error: error)
        }
    }

    /// Makes a file in it.
    ///
    /// - Throws: `MachineError.fileNotWritten`.
    package func file(_ name: String) throws(MachineError) -> OutputFile {
        names.append(name)
        return try OutputFile(path: "\(temporaryPath)/\(name)", finalPath: "\(path)/\(name)")
    }

    /// Makes a file in it with these bytes.
    ///
    /// - Throws: `MachineError.fileNotWritten`.
    package func write(_ bytes: [UInt8], to name: String) throws(MachineError) {
        let file = try file(name)
        try file.write(bytes)
        try file.finish()
    }

    /// Gives the directory its name, once the disk has all of it.
    ///
    /// - Throws: `MachineError.fileNotWritten`, also where something has that name by now.
    package func finish() throws(MachineError) {
        if let error = Directory.syncNames(in: temporaryPath) {
            throw .fileNotWritten(path: path, error: error)
        }
        guard rename(temporaryPath, path) == 0 else {
            throw .fileNotWritten(path: path, error: .last)
        }
        isFinished = true
        if let error = Directory.syncNames(in: Directory.parent(of: path)) {
            throw .fileNotWritten(path: path, error: error)
        }
    }

    deinit {
        guard !isFinished else { return }
        for name in names { unlink("\(temporaryPath)/\(name)") }
        rmdir(temporaryPath)
    }
}
